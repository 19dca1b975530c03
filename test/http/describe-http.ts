import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { createClient, type Client } from './client.ts';
import { askSuite } from './ask-suite.ts';
import { badInputSuite } from './bad-input-suite.ts';
import { badDocumentsSuite } from './bad-documents-suite.ts';
import { cacheSuite } from './cache-suite.ts';
import { documentsSuite } from './documents-suite.ts';
import { handbookSuite } from './handbook-suite.ts';
import { jobsSuite } from './jobs-suite.ts';
import { metadataSuite } from './metadata-suite.ts';
import type { HttpTarget, StartTarget } from './target.ts';

/** What every part of the suite works with; filled before the first test runs. */
export interface Scene {
  target: HttpTarget;
  client: Client;
}

/**
 * The contract of the HTTP API, the same for every target. It works in a collection of its own and deletes what it put
 * there, so it can run against a stack that is in use.
 */
export function describeHttp(where: string, start: StartTarget): void {
  describe(`HTTP ${where}`, () => {
    const scene = {} as Scene;
    beforeAll(async () => {
      scene.target = await start();
      scene.client = createClient(scene.target, `suite-${randomUUID().slice(0, 13)}`);
    });
    afterAll(async () => {
      await scene.client.cleanUp();
      await scene.target.close();
    });
    documentsSuite(scene);
    askSuite(scene);
    cacheSuite(scene);
    handbookSuite(scene);
    metadataSuite(scene);
    jobsSuite(scene);
    badInputSuite(scene);
    badDocumentsSuite(scene);
  });
}
