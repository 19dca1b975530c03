import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startLaptopCloud, type LaptopCloud } from '../../local/cloud.ts';
import { createPage } from '../../local/page.ts';
import { buildPage } from '../../web/build.ts';
import { createClient, type Client } from '../http/client.ts';
import { lexicalDimensions } from '../wire/lexical-model.ts';
import { startModelWire, type ModelWire } from '../wire/model-server.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { startPageElsewhere } from './elsewhere.ts';
import { createPacedModel, type PacedModel } from './paced-model.ts';
import { watchPages } from './watch.ts';

/** How a page is opened. */
export interface VisitOptions extends BrowserContextOptions {
  /** Another address that leads to it. */
  at?: string;
}

/** The whole laptop cloud with the page, a model that does as it is told, and a browser. */
export interface Scene {
  cloud: LaptopCloud;
  model: PacedModel;
  /** What the model was called for. */
  wire: ModelWire;
  /** The API, in the collection `main`. */
  api: Client;
  /** Opens the page as somebody who was never here. */
  visit(this: void, options?: VisitOptions): Promise<Page>;
  /** What the test's pages did until now that no page of ours should. What is not taken fails the test. */
  takeComplaints(this: void): string[];
}

/** Everything that runs, and what a test has opened. */
interface Running {
  scene: Scene;
  opened: { context: BrowserContext; complaints: string[] }[];
  close(): Promise<void>;
}

/** What differs from suite to suite. */
export interface SceneOptions {
  /** More variables of the cloud. */
  environment?: Record<string, string>;
  /** Whether the page is on another origin than the API. */
  isElsewhere?: boolean;
  /** Whether the laptop's own models answer, as they do for `npm start`. */
  isOffline?: boolean;
}

/**
 * A suite in a real browser against a cloud of its own. Where there is no browser it is skipped, and the configuration says
 * why.
 */
export function describeBrowser(
  name: string,
  tests: (scene: () => Scene) => void,
  options: SceneOptions = {},
): void {
  describe.skipIf(chromiumPath === undefined)(`In a browser, ${name}`, () => {
    let running: Running | undefined;
    beforeAll(async () => {
      running = await start(chromiumPath ?? '', options);
    });
    afterEach(async () => {
      const opened = running?.opened.splice(0) ?? [];
      await Promise.all(opened.map(({ context }) => context.close()));
      expect(opened.flatMap(({ complaints }) => complaints)).toEqual([]);
    });
    afterAll(() => running?.close());
    tests(() => running?.scene ?? expect.fail('The scene has not been set.'));
  });
}

async function start(executablePath: string, options: SceneOptions): Promise<Running> {
  const model = createPacedModel();
  const failures: string[] = [];
  const note = (what: string, error: unknown) => void failures.push(`${what}: ${String(error)}`);
  const failedPage = (error: unknown) => note('Building the page', error);
  const [wire, browser, elsewhere] = await Promise.all([
    startModelWire(model.script),
    startChromium(executablePath),
    options.isElsewhere ? startPageElsewhere(failedPage) : undefined,
  ]);
  const cloud = await startLaptopCloud({
    port: 0,
    environment: {
      ...(!options.isOffline && variablesOf(wire)),
      ...(elsewhere && { ALLOWED_ORIGINS: elsewhere.url }),
      ...options.environment,
    },
    ...(!elsewhere && { page: createPage({ build: () => buildPage(), onFailure: failedPage }) }),
    onFailure: note,
  });
  const bucket = new URL(cloud.environment.AWS_ENDPOINT_URL_S3).origin;
  elsewhere?.callsAt(cloud.url, bucket);
  const opened: Running['opened'] = [];
  const place = { browser, opened, at: elsewhere?.url ?? cloud.url, origins: [cloud.url, bucket] };
  return {
    scene: {
      ...{ cloud, model, wire, api: clientOf(cloud) },
      visit: (how = {}) => visit(place, how),
      takeComplaints: () => opened.flatMap(({ complaints }) => complaints.splice(0)),
    },
    opened,
    close: async () => {
      await browser.close();
      await Promise.all([cloud.close(5_000), elsewhere?.close()]);
      await wire.close();
      expect(failures).toEqual([]);
    },
  };
}

function variablesOf({ baseUrl }: ModelWire): Record<string, string> {
  return {
    OPENAI_BASE_URL: baseUrl,
    OPENAI_API_KEY: 'wire',
    CHAT_MODEL: 'lexical',
    EMBEDDING_MODEL: 'lexical-words',
    EMBEDDING_DIMENSIONS: String(lexicalDimensions),
  };
}

function clientOf(cloud: LaptopCloud): Client {
  const target = {
    hasPlatform: true,
    close: () => cloud.close(),
    fetch: (path: string, init?: RequestInit) => fetch(`${cloud.url}${path}`, init),
  };
  return createClient(target, 'main');
}

/** Where the page is, and the origins that it may call besides that. */
interface Place {
  browser: Browser;
  opened: Running['opened'];
  at: string;
  origins: readonly string[];
}

async function visit(
  { browser, opened, ...place }: Place,
  { at = place.at, ...options }: VisitOptions,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  context.setDefaultTimeout(10_000);
  const complaints = await watchPages(context, [at, ...place.origins]);
  opened.push({ context, complaints });
  const page = await context.newPage();
  await page.goto(at);
  return page;
}
