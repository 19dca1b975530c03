/** `npm run reindex`: has another embedding model embed all that is stored, beside the old one, and then switches. */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { nameOf } from '../lib/rag/ingest/serving.ts';
import { UsageFailure } from './ingest/failures.ts';
import { openReindexing, type Reindexing } from './reindex/open.ts';
import { explainStartFailure } from './terminal/start-failure.ts';
import { createProgressLine } from './terminal/progress-line.ts';

const help = `Usage: npm run reindex -- [--model NAME --dimensions N] [--drop-old]

Embeds every stored passage by the model that is configured, into an index beside the one that serves, and switches
when nothing is missing. It may be stopped at any time; run again, it goes on where it was. Stop npm start before.

  --model NAME, --dimensions N   instead of EMBEDDING_MODEL and EMBEDDING_DIMENSIONS
  --drop-old                     takes away the index and the vectors of the model before; nothing is embedded
  --help                         this text
  DATA_DIR                       the data that npm start keeps; .raglan/ if not set
  AWS_ENDPOINT_URL_DYNAMODB, KNOWLEDGE_TABLE   a table elsewhere, as docs/deploy.md says

Ends with 0 if all is done, 1 if it failed, 2 if the command was wrong.`;

interface Command {
  given: Record<string, string>;
  dropsOld: boolean;
}

/** Undefined if only help is asked for. Throws UsageFailure. */
function readCommand(): Command | undefined {
  // A variable that is set to nothing is not set.
  const set = Object.entries(process.env).filter(([, value]) => value !== '' && value !== undefined);
  const given = Object.fromEntries(set) as Record<string, string>;
  try {
    const { values } = parseArgs({
      options: {
        help: { type: 'boolean', short: 'h' },
        model: { type: 'string' },
        dimensions: { type: 'string' },
        'drop-old': { type: 'boolean', default: false },
      },
    });
    if (values.help) return undefined;
    if (values.model !== undefined) given['EMBEDDING_MODEL'] = values.model;
    if (values.dimensions !== undefined) given['EMBEDDING_DIMENSIONS'] = values.dimensions;
    const names = values.model ?? values.dimensions;
    if (names !== undefined && !given['OPENAI_API_KEY'] && !given['OPENAI_BASE_URL']) {
      throw new UsageFailure('A model is named, but no server of it: set OPENAI_API_KEY or OPENAI_BASE_URL.');
    }
    return { given, dropsOld: values['drop-old'] };
  } catch (error) {
    throw error instanceof UsageFailure ? error : new UsageFailure((error as Error).message);
  }
}

async function embed({ reindex, embedding }: Reindexing, signal: AbortSignal): Promise<string> {
  const line = createProgressLine(process.stdout, 'Embedding passages');
  const { from, embedded } = await reindex({
    signal,
    onProgress: ({ done, total }) => line.show({ done, total, fraction: done / total }),
  }).finally(() => line.clear());
  const passages = embedded === 1 ? '1 passage' : `${embedded} passages`;
  const now = nameOf(embedding);
  if (!from) return `Embedded ${passages} by ${now}, which serves already. Nothing is missing now.`;
  return [
    `Embedded ${passages}. Questions are for ${now} now; before it was ${nameOf(from)}.`,
    'What is left to do:',
    '  1. Start or deploy with the new model.',
    '  2. Where functions with the old one ran meanwhile, run this once more: it embeds what they took in.',
    '  3. When nothing runs with the old one any more: npm run reindex -- --drop-old',
  ].join('\n');
}

async function drop({ dropPrevious }: Reindexing, signal: AbortSignal): Promise<string> {
  const gone = await dropPrevious({ signal });
  return gone
    ? `The index and the vectors of ${nameOf(gone)} are gone.`
    : 'There is no model before the one that serves.';
}

async function run({ given, dropsOld }: Command, signal: AbortSignal): Promise<void> {
  const reindexing = await openReindexing(given, resolve(given['DATA_DIR'] ?? '.raglan'));
  try {
    console.log(await (dropsOld ? drop(reindexing, signal) : embed(reindexing, signal)));
  } finally {
    await reindexing.close();
  }
}

async function main(): Promise<number> {
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  try {
    const command = readCommand();
    if (command) await run(command, stopping.signal);
    else console.log(help);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) {
      console.error('Stopped. What is embedded stays; run it again to go on.');
      return 130;
    }
    if (error instanceof UsageFailure) {
      console.error(`${error.message}\n\n${help}`);
      return 2;
    }
    console.error(explainStartFailure(error, { port: 0, given: process.env }));
    return 1;
  }
}

process.exitCode = await main();
