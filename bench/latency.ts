import { Agent } from 'node:http';
import { stateKey } from '../lib/dynamodb/answer-items.ts';
import type { Timing } from '../lib/rag/types.ts';
import { ask, type Asked } from '../test/wire/ask-client.ts';
import { scope } from '../test/wire/knowledge.ts';
import { learntCounters } from '../test/wire/learnt-counters.ts';
import { productEnvironment } from '../test/wire/product-environment.ts';
import { startProduct } from '../test/wire/start-product.ts';
import { startWire, type Span, type Wire } from '../test/wire/start-wire.ts';
import { createBareCalls } from './bare-calls.ts';
import { createSingleRead } from './cache-read.ts';
import { machine, median, printTable, quantile } from './figures.ts';
import { createOneAfterAnother } from './one-after-another.ts';

/** The delays of the seed text, in milliseconds. */
const delaysMs = { embedding: 50, cache: 5, documents: 20, search: 30, firstToken: 200 };
const criticalPathMs = delaysMs.embedding + delaysMs.search + delaysMs.firstToken;
const sumMs = criticalPathMs + delaysMs.cache + delaysMs.documents;

/** Questions until the process is warm: its code compiled, its connections open. */
const warmUps = 480;
const warmUpsAtOnce = 16;
const rounds = 15;

/** Measures the time to the first token over the wire and prints it against the critical path. */
export async function benchLatency(questions: number): Promise<void> {
  const wire = await startWire({ delaysMs, tokens: 16 });
  const product = await startProduct(productEnvironment(wire));
  const agent = new Agent({ keepAlive: true });
  let asked = 0;
  const askNew = () => {
    asked += 1;
    return answered(ask(product.url, { question: `Who writes log number ${asked}?` }, agent));
  };
  // One of the last of them: the first may have gone without keyword search, and is not kept then.
  const cached = `Who writes log number ${warmUps}?`;
  try {
    for (let n = 0; n < warmUps; n += warmUpsAtOnce) {
      await Promise.all(Array.from({ length: warmUpsAtOnce }, askNew));
    }
    const single = await measureOneByOne(wire, questions, askNew);
    const sequential = await measureTimes(createOneAfterAnother(wire), questions);
    const bare = await measureTimes(createBareCalls(wire), questions);
    const hits: number[] = [];
    for (let n = 0; n < questions; n += 1) {
      const hit = await answered(ask(product.url, { question: cached }, agent));
      if (hit.sources?.cached !== 'exact') throw new Error('An exact hit was none.');
      hits.push(hit.firstDeltaMs ?? Number.NaN);
    }
    const slowest: number[] = [];
    for (let n = 0; n < rounds; n += 1) {
      const four = await Promise.all([askNew(), askNew(), askNew(), askNew()]);
      slowest.push(Math.max(...four.map((one) => one.firstDeltaMs ?? Number.NaN)));
    }
    await learnSimilar(wire);
    const { firstTokens: learnt } = await measureOneByOne(wire, questions, askNew);
    print(questions, { ...single, learnt, sequential, bare, hits, slowest });
  } finally {
    agent.destroy();
    await product.close();
    await wire.close();
  }
}

/** Has the cache know that similar answers do. Those of the questions here are refused for their number, each of them. */
async function learnSimilar(wire: Wire): Promise<void> {
  const dynamoDb = createSingleRead(wire);
  await dynamoDb.put({ pk: stateKey(scope).pk.S, counters: Object.assign({}, ...learntCounters()) });
  dynamoDb.close();
}

interface Measured {
  /** While the cache has not learnt enough to serve anything similar, and once it has. */
  firstTokens: number[];
  learnt: number[];
  /** First token over what the wire's own delays on the critical path truly were. */
  ratios: number[];
  timings: Timing[];
  /** Answers that had to go without a step. */
  degraded: number;
  sequential: number[];
  bare: number[];
  hits: number[];
  slowest: number[];
}

async function measureOneByOne(
  wire: Wire,
  questions: number,
  askNew: () => Promise<Asked>,
): Promise<Pick<Measured, 'firstTokens' | 'ratios' | 'timings' | 'degraded'>> {
  const firstTokens: number[] = [];
  const ratios: number[] = [];
  const timings: Timing[] = [];
  let degraded = 0;
  await wire.spans();
  for (let n = 0; n < questions; n += 1) {
    const { firstDeltaMs = Number.NaN, done } = await askNew();
    firstTokens.push(firstDeltaMs);
    ratios.push(firstDeltaMs / onCriticalPath(await wire.spans()));
    if (done) timings.push(done.timing);
    if (done && done.degraded.length > 0) degraded += 1;
  }
  return { firstTokens, ratios, timings, degraded };
}

function onCriticalPath(spans: readonly Span[]): number {
  const names = ['embeddings', 'SearchVectors', 'chat'];
  return names.reduce((sum, name) => sum + (spans.find((span) => span.name === name)?.ms ?? Number.NaN), 0);
}

/** Times of the second half of the calls, the first half being warm-up. */
async function measureTimes(once: () => Promise<number>, calls: number): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; n < calls; n += 1) times.push(await once());
  return times.slice(Math.floor(calls / 2));
}

async function answered(asking: Promise<Asked>): Promise<Asked> {
  const asked = await asking;
  if (asked.done?.finishReason !== 'stop') throw new Error(`No answer: ${asked.status} ${asked.body}`);
  return asked;
}

function print(questions: number, measured: Measured): void {
  const { firstTokens, learnt, ratios, sequential, bare, hits, slowest } = measured;
  const row = (name: string, values: readonly number[], overMs: number) => [
    name,
    median(values).toFixed(1),
    quantile(values, 0.95).toFixed(1),
    (median(values) / overMs).toFixed(3),
  ];
  process.stdout.write(
    `First token over the wire, ${questions} questions one at a time, ${machine()}.\n` +
      `On the wire: embedding ${delaysMs.embedding} ms, cache ${delaysMs.cache}, documents ${delaysMs.documents}, ` +
      `search ${delaysMs.search}, first token ${delaysMs.firstToken}; critical path ${criticalPathMs}, ` +
      `one after another ${sumMs}.\n\n`,
  );
  printTable([
    ['', 'median ms', 'p95 ms', '/ critical path'],
    row('first token', firstTokens, criticalPathMs),
    row('first token, where a similar answer might be served', learnt, criticalPathMs),
    row('the same five calls one after another', sequential, criticalPathMs),
    row('three bare calls of the critical path', bare, criticalPathMs),
    row('first token of four at once, the slowest', slowest, criticalPathMs),
    row('exact hit', hits, criticalPathMs),
  ]);
  process.stdout.write(
    `\nFirst token over the wire's own measured delays: ${median(ratios).toFixed(3)}\n` +
      `Answers that went without a step: ${measured.degraded}\n\n` +
      'Steps of a question by its own `timing.steps`, median start and end in ms:\n\n',
  );
  printTable(stepRows(measured.timings));
  const figures = {
    'firstToken/criticalPath': median(firstTokens) / criticalPathMs,
    'learnt/criticalPath': median(learnt) / criticalPathMs,
    'sequential/criticalPath': median(sequential) / criticalPathMs,
    'bare/criticalPath': median(bare) / criticalPathMs,
    'four/one': median(slowest) / median(firstTokens),
  };
  const words = Object.entries(figures).map(([name, value]) => `${name}=${value.toFixed(3)}`);
  process.stdout.write(`\nlatency ${words.join(' ')} exactHitMs=${median(hits).toFixed(1)}\n`);
}

function stepRows(timings: readonly Timing[]): string[][] {
  const names = ['cache', 'embed', 'documents', 'keyword', 'search', 'current', 'model', 'generate'] as const;
  return names.map((name) => {
    const spans = timings.flatMap((timing) => (timing.steps[name] ? [timing.steps[name]] : []));
    const [starts, ends] = [0, 1].map((side) => spans.map((span) => span[side] ?? Number.NaN));
    return [name, median(starts ?? []).toFixed(1), median(ends ?? []).toFixed(1)];
  });
}
