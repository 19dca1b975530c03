import { createAnswerLeases } from '../lib/dynamodb/answer-leases.ts';
import { createAnswerStore } from '../lib/dynamodb/answers.ts';
import { createServedAnswers } from '../lib/dynamodb/served-answers.ts';
import { answerIndexName, answersTable } from '../lib/dynamodb/tables.ts';
import type { AnswerEntry, AnswerKey } from '../lib/rag/ports/answers.ts';
import { cellCount } from '../lib/rag/cache/thresholds-counts.ts';
import type { Source } from '../lib/rag/types.ts';
import { printTable } from './figures.ts';
import { startMeteredTable, type MeteredTable } from './metered-dynamodb.ts';

const table = 'answers';
const embedding = { model: 'bench', dimensions: 512 };
const key: AnswerKey = { scope: 'default/bench', key: 'k'.repeat(43) };
const options = { signal: new AbortController().signal };

/** What each call of the answer cache costs, in DynamoDB's own units, with an answer of 120 words over 8 sources. */
export async function benchCacheCosts(): Promise<void> {
  const metered = await startMeteredTable(table, answersTable(embedding));
  try {
    const rows = await measure(metered);
    process.stdout.write(
      'Units of each call of the answer cache; an answer of 120 words over 8 sources.\n\n',
    );
    printTable([['', 'read units', 'write units'], ...rows.map((row) => row.map(String))]);
    process.stdout.write(`\n${JSON.stringify({ bench: 'cache-costs', units: rows })}\n`);
  } finally {
    await metered.close();
  }
}

type Row = [call: string, readUnits: number, writeUnits: number];

async function measure({ client, meter }: MeteredTable): Promise<Row[]> {
  const answers = createAnswerStore(client, { table, index: answerIndexName(embedding) });
  const leases = createAnswerLeases(client, table);
  const served = createServedAnswers(client, table);
  const rows: Row[] = [];
  const row = async (call: string, work: () => Promise<unknown>) => {
    meter.reset();
    await work();
    rows.push([call, meter.readUnits, meter.writeUnits]);
  };
  // A scope that has learnt: every cell has its three counters.
  const cells = Array.from({ length: cellCount }, (_, cell) => [
    `asked${cell}`,
    `right${cell}`,
    `wrong${cell}`,
  ]);
  await answers.learn(key.scope, Object.fromEntries(cells.flat().map((name) => [name, 12])), options);

  const createdAt = new Date().toISOString();
  const nearness = { similarity: 0.9, agreement: 0.8 };
  const given = { key, cached: 'similar', createdAt, nearness } as const;
  await row('look by the key, nothing there', () => answers.find(key, options));
  await row('take or renew the lease', () => leases.take(key, 'holder', 6_000, options));
  await row('keep the answer', () => answers.put(key, entry(), options));
  await row('learn from the question', () =>
    answers.learn(key.scope, { asked7: 1, wrong7: 1, asked3: -1 }, options),
  );
  await row('give up the lease', () => leases.release(key, 'holder', true, options));
  await row('note what the caller was given', () => served.put('f'.repeat(32), given, options));
  await row('look by the key, the answer there', () => answers.find(key, options));
  await row('read a similar answer', () => answers.get(key, options));
  await row('count a similar answer right or wrong', () => answers.judge(key, true, options));
  return rows;
}

function entry(): AnswerEntry {
  const text = Array.from({ length: 120 }, (_, at) => (at % 20 === 19 ? 'word [1].' : 'words')).join(' ');
  const createdAt = new Date().toISOString();
  const sources = Array.from({ length: 8 }, (_, at) => source(at + 1));
  const versions = Object.fromEntries(sources.map(({ document }) => [document, 'v'.repeat(43)]));
  const answer = {
    text,
    finishReason: 'stop',
    sources,
    citations: [1, 2],
    servedBy: 'gpt-4.1-mini',
  } as const;
  return {
    answer: { ...answer, createdAt, versions },
    question: 'How long does a form of the bucket stay valid after it was asked for?',
    ...{ shape: 's'.repeat(43), groups: ['g'.repeat(36)], keptSeconds: 86_400 },
    vector: Float32Array.from({ length: embedding.dimensions }, (_, at) => Math.sin(at) / 16),
  };
}

function source(n: number): Source {
  const document = `guides/of-some-length/chapter-${n}.md`;
  const place = {
    document,
    title: 'The title of a chapter',
    uri: `s3://a-documents-bucket/default/main/${document}`,
  };
  const headings = ['The title of a chapter', 'One of its sections'];
  return { n, ...place, line: 120, headings, chunk: 7, score: 0.71234, snippet: 'Some words. '.repeat(20) };
}
