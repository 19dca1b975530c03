import { QueryCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fromItem, postingPartition } from '../lib/dynamodb/posting-rows.ts';
import { createKeywordIndex } from '../lib/dynamodb/postings.ts';
import { knowledgeTable } from '../lib/dynamodb/tables.ts';
import type { KeywordIndex } from '../lib/rag/ports/knowledge.ts';
import { questionTerms } from '../lib/rag/retrieve/terms.ts';
import type { Scope } from '../lib/rag/types.ts';
import { machine, median, printTable, quantile } from './figures.ts';
import { createCorpus } from './keyword-corpus.ts';
import { measureCosts, printCosts } from './keyword-costs.ts';
import { loadPostings } from './keyword-load.ts';
import { startMeteredTable, type Meter } from './metered-dynamodb.ts';

const table = 'knowledge';
const scope: Scope = 'default/bench';
const embedding = { model: 'bench', dimensions: 512 };
const { signal } = new AbortController();

/** What a call takes to reach DynamoDB and back, in the second round. */
const networkMs = 10;

/** Keyword search over many chunks: what a question reads and how long it takes, and what the chunks cost. */
export async function benchKeyword(chunks: number): Promise<void> {
  process.stdout.write(`Keyword search over ${chunks} chunks; ${machine()}\n\n`);
  const corpus = createCorpus(7);
  const questions = Array.from({ length: 30 }, (_, at) => corpus.question([12, 8, 16][at % 3] ?? 12));
  const { client, meter, close } = await startMeteredTable(table, knowledgeTable(embedding));
  try {
    const rows = await loadPostings({ client, table, scope }, corpus, chunks, new Set(questions.flat()));
    process.stdout.write(`  ${rows} rows stand for the terms that are asked for\n\n`);
    const index = createKeywordIndex(client, table);
    await warmUp(index, questions);
    const near = await ask(index, meter, questions);
    const single = await timeQueries(client, questions);
    meter.delayMs = networkMs;
    const far = await ask(index, meter, questions);
    const singleFar = await timeQueries(client, questions);
    meter.delayMs = 0;
    printQuestions({ near, single, far, singleFar });
    const costs = await measureCosts({ client, meter, table, corpus, embedding }, chunks);
    printCosts(costs);
    const figures = {
      chunks,
      queries: Math.max(...near.map(({ queries }) => queries)),
      readUnits: Math.max(...near.map(({ units }) => units)),
      postings: Math.max(...near.map(({ postings }) => postings)),
      ms: median(near.map(({ ms }) => ms)),
      oneQueryMs: median(single),
      ms10: median(far.map(({ ms }) => ms)),
      oneQueryMs10: median(singleFar),
      costs,
    };
    process.stdout.write(`\n${JSON.stringify({ bench: 'keyword', ...figures })}\n`);
  } finally {
    await close();
  }
}

/** Asks every question until all its figures are counted, as a service that has run for a while has. */
async function warmUp(index: KeywordIndex, questions: readonly string[][]): Promise<void> {
  for (const words of questions) {
    let isCounted = false;
    while (!isCounted) {
      const counts: ((signal: AbortSignal) => Promise<void>)[] = [];
      await search(index, words, (work) => counts.push(work));
      for (const count of counts) await count(signal);
      isCounted = counts.length === 0;
    }
  }
}

function search(
  index: KeywordIndex,
  words: readonly string[],
  later?: (work: (signal: AbortSignal) => Promise<void>) => void,
) {
  const query = { scope, terms: questionTerms(words.join(' ')), limit: 100 };
  return index.search(query, { signal, ...(later && { later }) });
}

interface Asked {
  queries: number;
  units: number;
  postings: number;
  ms: number;
}

async function ask(index: KeywordIndex, meter: Meter, questions: readonly string[][]): Promise<Asked[]> {
  const asked: Asked[] = [];
  for (const words of questions) {
    meter.reset();
    const start = performance.now();
    await search(index, words);
    const ms = performance.now() - start;
    asked.push({
      queries: meter.calls.get('QueryCommand') ?? 0,
      units: meter.readUnits,
      postings: meter.postings,
      ms,
    });
  }
  return asked;
}

/** How long one query takes, for as many rows as a question of twelve terms reads of one. */
async function timeQueries(client: DynamoDBClient, questions: readonly string[][]): Promise<number[]> {
  const times: number[] = [];
  for (const words of questions) {
    const [term = ''] = questionTerms(words.join(' '));
    const command = new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: postingPartition(scope, term) } },
      Limit: 416,
    });
    const start = performance.now();
    const { Items = [] } = await client.send(command);
    Items.map(fromItem);
    times.push(performance.now() - start);
  }
  return times;
}

function printQuestions(rounds: {
  near: Asked[];
  single: number[];
  far: Asked[];
  singleFar: number[];
}): void {
  const { near } = rounds;
  const spread = (values: readonly number[], digits = 0) =>
    [median(values), quantile(values, 0.95), Math.max(...values)].map((value) => value.toFixed(digits));
  printTable([
    ['a question', 'median', 'p95', 'most', 'goal'],
    ['Query calls', ...spread(near.map(({ queries }) => queries)), '12'],
    [
      'read units',
      ...spread(
        near.map(({ units }) => units),
        1,
      ),
      '60',
    ],
    ['postings', ...spread(near.map(({ postings }) => postings)), '5000'],
    [
      'ms',
      ...spread(
        near.map(({ ms }) => ms),
        1,
      ),
      '',
    ],
    ['ms of one Query', ...spread(rounds.single, 1), ''],
    [
      `ms with ${networkMs} ms of network`,
      ...spread(
        rounds.far.map(({ ms }) => ms),
        1,
      ),
      '',
    ],
    [`ms of one Query with it`, ...spread(rounds.singleFar, 1), ''],
  ]);
}
