import { fileURLToPath } from 'node:url';

/** One file that runs on Lambda. */
export interface Bundle {
  /** Path below the output folder; its folder is one function's code. */
  output: string;
  /** Path of the source below the repository. */
  entry: string;
  /** What it may weigh minified, in kB (1,000 bytes): about a tenth above what it weighed when this was last set. */
  ceilingKb: number;
}

/** Everything that is built. A worker is resolved beside the `index.mjs` that starts it. */
export const bundles: readonly Bundle[] = [
  { output: 'api/index.mjs', entry: 'functions/api.ts', ceilingKb: 1450 },
  { output: 'ingest/index.mjs', entry: 'functions/ingest.ts', ceilingKb: 1250 },
  { output: 'jobs/index.mjs', entry: 'functions/jobs.ts', ceilingKb: 1430 },
  { output: 'ingest/parse-worker.mjs', entry: 'lib/parse/worker.ts', ceilingKb: 2410 },
];

/** The repository's folder, absolute. */
export const repositoryRoot = fileURLToPath(new URL('..', import.meta.url));
