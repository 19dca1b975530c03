import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Most files wait for other processes most of the time. By default, two cores would have one worker.
    maxWorkers: 2,
    // An emulator or a server starts in some files; none of them needs longer than this on two busy cores.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A forgotten await loses everything in flight on a worker, so it fails the run here.
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
