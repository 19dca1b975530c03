/** `npm run ingest -- PATH...`: puts files and folders into the running server and tells how it ended. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ServerFailure, UsageFailure } from './ingest/failures.ts';
import { findDocuments } from './ingest/find.ts';
import { createServerClient } from './ingest/server.ts';
import { summarise } from './ingest/summary.ts';
import { takeAll } from './ingest/take-all.ts';
import { createProgressLine } from './terminal/progress-line.ts';

const help = `Usage: npm run ingest -- PATH... [--collection NAME]

Puts files, and folders with all that is in them, into a running Raglan and waits until they are ready.
A folder's files are called by their paths in it. What was put before is replaced; what has not changed costs nothing.

  --collection NAME   where they go; main if not given
  --help              this text
  RAGLAN_URL          where the server runs; http://localhost:3000 if not set
  RAGLAN_KEY          the key to show, where it wants one; it has to have the scopes ask and write

Ends with 0 if every document is ready, 1 if any is not, 2 if the command was wrong.`;

interface Command {
  paths: string[];
  collection: string;
}

/** Undefined if only help is asked for. Throws UsageFailure. */
function readCommand(): Command | undefined {
  try {
    const { values, positionals } = parseArgs({
      options: { help: { type: 'boolean', short: 'h' }, collection: { type: 'string', default: 'main' } },
      allowPositionals: true,
    });
    if (values.help) return undefined;
    if (positionals.length === 0) throw new UsageFailure('No file or folder is named.');
    // npm runs this in the project's folder and tells in which one it was called.
    const from = process.env['INIT_CWD'] ?? process.cwd();
    return { paths: positionals.map((path) => resolve(from, path)), collection: values.collection };
  } catch (error) {
    throw error instanceof UsageFailure ? error : new UsageFailure((error as Error).message);
  }
}

async function ingest({ paths, collection }: Command, signal: AbortSignal): Promise<number> {
  const url = process.env['RAGLAN_URL'] || 'http://localhost:3000';
  if (!URL.canParse(url)) throw new UsageFailure(`RAGLAN_URL is ${url}, which is no address.`);
  const startedAt = performance.now();
  const { documents, skipped, refused } = await findDocuments(paths);
  const server = createServerClient(url, collection);
  await server.check(signal);
  const line = createProgressLine(process.stdout, 'Reading documents');
  const { ready, failed } = await takeAll(server, documents, {
    signal,
    onProgress: (progress) => line.show(progress),
  }).finally(() => line.clear());
  const seconds = (performance.now() - startedAt) / 1_000;
  const all = { ready, failed: [...refused, ...failed] };
  for (const text of summarise(all, { skipped, collection, seconds })) console.log(text);
  return all.failed.length > 0 ? 1 : 0;
}

async function main(): Promise<number> {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  try {
    const command = readCommand();
    if (command) return await ingest(command, stopping.signal);
    console.log(help);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) {
      console.error('Stopped. What was put already is still being read.');
      return 130;
    }
    if (error instanceof UsageFailure) {
      console.error(`${error.message}\n\n${help}`);
      return 2;
    }
    if (!(error instanceof ServerFailure)) throw error;
    console.error(error.message);
    return 1;
  }
}

process.exitCode = await main();
