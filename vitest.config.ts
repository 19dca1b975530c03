import { defineConfig } from 'vitest/config';

/** Hundreds of callers in several processes in each: beside others they would only be slow, and the others with them. */
const crowds = ['access-races', 'cache-processes', 'jobs-claims', 'many-at-once'].map(
  (name) => `test/faults/${name}.test.ts`,
);

export default defineConfig({
  test: {
    // An emulator or a server starts in some files; none of them needs longer than this on two cores that others use as well.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // A forgotten await loses everything in flight on a worker, so it fails the run here.
    dangerouslyIgnoreUnhandledErrors: false,
    projects: [
      {
        extends: true,
        test: {
          name: 'parts',
          include: ['test/**/*.test.ts'],
          exclude: crowds,
          // By default, two cores would have one worker, and most files wait for something most of the time.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'crowds',
          include: crowds,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
