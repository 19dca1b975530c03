import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { chromiumPath } from './chromium.ts';

if (chromiumPath === undefined) {
  console.warn('No Chromium: browser tests are skipped. apt-get install chromium, or CHROMIUM=/path/to/it');
}

export default defineConfig({
  root: join(import.meta.dirname, '../..'),
  test: {
    include: ['test/browser/**/*.browser.ts'],
    // A browser, the emulators and the functions run in each file; two cores bear one of them.
    fileParallelism: false,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
