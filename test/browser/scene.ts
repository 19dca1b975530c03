import { afterAll, afterEach, beforeAll, describe, expect } from 'vitest';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { startLaptopCloud, type LaptopCloud } from '../../local/cloud.ts';
import { createPage } from '../../local/page.ts';
import { buildPage } from '../../web/build.ts';
import { createClient, type Client } from '../http/client.ts';
import { lexicalDimensions } from '../wire/lexical-model.ts';
import { startModelWire, type ModelWire } from '../wire/model-server.ts';
import { chromiumPath, startChromium } from './chromium.ts';
import { createPacedModel, type PacedModel } from './paced-model.ts';
import { watchPages, type Watch } from './watch.ts';

/** How a page is opened. */
export interface VisitOptions extends BrowserContextOptions {
  /** Where it is, if not at the cloud's own address. */
  at?: string;
  /** Origins that it may call besides its own and the bucket's. */
  origins?: readonly string[];
  /** Complaints that belong to what is tested. */
  expected?: readonly RegExp[];
}

/** The whole laptop cloud with the page, a model that does as it is told, and a browser. */
export interface Scene {
  cloud: LaptopCloud;
  model: PacedModel;
  /** What the model was called for. */
  wire: ModelWire;
  /** The API, in the collection `main`. */
  api: Client;
  /** Opens the page as somebody who was never here; complaints of it fail the test. */
  visit(options?: VisitOptions): Promise<Page>;
}

/** Everything that runs, and what a test has opened. */
interface Running {
  scene: Scene;
  opened: { context: BrowserContext; watch: Watch }[];
  close(): Promise<void>;
}

/**
 * A suite in a real browser against a cloud of its own, which `more` may set variables of. Where there is no browser it is
 * skipped, and the configuration says why.
 */
export function describeBrowser(
  name: string,
  tests: (scene: () => Scene) => void,
  more: Record<string, string> = {},
): void {
  describe.skipIf(chromiumPath === undefined)(`In a browser, ${name}`, () => {
    let running: Running | undefined;
    beforeAll(async () => {
      running = await start(chromiumPath ?? '', more);
    });
    afterEach(async () => {
      const opened = running?.opened.splice(0) ?? [];
      await Promise.all(opened.map(({ context }) => context.close()));
      expect(opened.flatMap(({ watch }) => watch.complaints)).toEqual([]);
    });
    afterAll(() => running?.close());
    tests(() => running?.scene ?? expect.fail('The scene has not been set.'));
  });
}

async function start(executablePath: string, more: Record<string, string>): Promise<Running> {
  const model = createPacedModel();
  const wire = await startModelWire(model.script);
  const failures: string[] = [];
  const note = (what: string, error: unknown) => void failures.push(`${what}: ${String(error)}`);
  const [cloud, browser] = await Promise.all([
    startLaptopCloud({
      port: 0,
      environment: {
        OPENAI_BASE_URL: wire.baseUrl,
        OPENAI_API_KEY: 'wire',
        CHAT_MODEL: 'lexical',
        EMBEDDING_MODEL: 'lexical-words',
        EMBEDDING_DIMENSIONS: String(lexicalDimensions),
        ...more,
      },
      page: createPage({ build: () => buildPage(), onFailure: (error) => note('Building the page', error) }),
      onFailure: note,
    }),
    startChromium(executablePath),
  ]);
  const opened: Running['opened'] = [];
  const target = {
    hasPlatform: true,
    close: () => cloud.close(),
    fetch: (path: string, init?: RequestInit) => fetch(`${cloud.url}${path}`, init),
  };
  return {
    scene: {
      ...{ cloud, model, wire, api: createClient(target, 'main') },
      visit: (options = {}) => visit({ cloud, browser, opened }, options),
    },
    opened,
    close: async () => {
      await browser.close();
      await cloud.close(5_000);
      await wire.close();
      expect(failures).toEqual([]);
    },
  };
}

async function visit(
  { cloud, browser, opened }: { cloud: LaptopCloud; browser: Browser; opened: Running['opened'] },
  { at = cloud.url, origins = [], expected = [], ...options }: VisitOptions,
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const bucket = new URL(cloud.environment.AWS_ENDPOINT_URL_S3).origin;
  const watch = await watchPages(context, { origins: [at, bucket, ...origins], expected });
  opened.push({ context, watch });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  await page.goto(at);
  return page;
}
