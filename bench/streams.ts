import { delay } from '../lib/async/delay.ts';
import { productEnvironment } from '../test/wire/product-environment.ts';
import { startProduct, type Product, type ProductUsage } from '../test/wire/start-product.ts';
import { startWire, type Wire } from '../test/wire/start-wire.ts';
import { machine, median, printTable, quantile } from './figures.ts';
import type { HeldStream } from './held-stream.ts';
import { refusalOf } from './open-files.ts';
import { startLoad } from './streams-load.ts';

/** The delays of the seed text, in milliseconds. */
const delaysMs = { embedding: 50, cache: 5, documents: 20, search: 30, firstToken: 200 };
const tokens = 8;

/** So many streams wait for their first text at once while all are opened; the others are open already. */
const openingAtOnce = 32;

/** Once all are open each gets a text a second, or less where that made more than a thousand a second together. */
const wordMs = (count: number) => Math.max(1_000, count);
/** That many of them, but for the first text and the last. */
const streamingMs = (count: number) => (tokens - 1) * wordMs(count);

/** When a figure is given up, and how long a stream may take: more than opening so many does on a slow machine. */
const limitMs = 900_000;

const warmUps = 200;
const settleMs = 2_000;
const logEveryMs = 1_000;

/** What was measured with so many streams at once. */
interface Measured {
  streams: HeldStream[];
  openingMs: number;
  /** Before the first, once all are open, once each has had all its texts but the last, and once all have ended. */
  before: ProductUsage;
  open: ProductUsage;
  streamed: ProductUsage;
  after: ProductUsage;
}

/**
 * Opens so many streams at once and prints what that takes of the product's process: all different, and all the same. Ends with
 * 2 where this machine cannot have so many, and with 1 where one was not answered to its end.
 */
export async function benchStreams(count: number): Promise<void> {
  const refusal = refusalOf(count);
  if (refusal !== undefined) {
    process.stderr.write(`${refusal}\n`);
    process.exitCode = 2;
    return;
  }
  const different = await measure(count, (n) => `Who lit lamp number ${n}?`);
  const same = await measure(count, () => 'Who lit the first lamp?');
  print(count, { 'different questions': different, 'one question': same });
  if ([different, same].some(({ streams }) => !streams.every(isWhole))) process.exitCode = 1;
}

async function measure(count: number, question: (n: number) => string): Promise<Measured> {
  const wire = await startWire({ delaysMs, tokens });
  let product: Product | undefined;
  try {
    const environment = productEnvironment({ ...wire, askBudgetMs: limitMs });
    product = await startProduct(environment, ['--expose-gc']);
    await runLoad(product, wire, warmUps, (n) => `Who writes log number ${n}?`);
    await wire.hold(wordMs(count));
    return await runLoad(product, wire, count, question);
  } finally {
    await product?.close();
    await wire.close();
  }
}

async function runLoad(
  product: Product,
  wire: Wire,
  count: number,
  question: (n: number) => string,
): Promise<Measured> {
  const questions = Array.from({ length: count }, (_, n) => question(n));
  const signal = AbortSignal.timeout(limitMs);
  const before = await product.usage();
  const startMs = performance.now();
  const load = await startLoad({ url: product.url, questions, openingAtOnce, limitMs });
  try {
    await whileForgetting(wire, load.open);
    const openingMs = performance.now() - startMs;
    const open = await product.usage();
    // As they came they go: the work after an answer is as much as that before it.
    await wire.release(openingMs);
    await delay(streamingMs(count), { signal });
    const streamed = await product.usage();
    const streams = await whileForgetting(wire, load.ended);
    await delay(settleMs, { signal });
    return { streams, openingMs, before, open, streamed, after: await product.usage() };
  } finally {
    await load.close();
  }
}

/** Has the wire servers forget their calls meanwhile: those of thousands of questions are gigabytes. */
async function whileForgetting<T>(wire: Wire, work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const end = () => done.abort();
  work.then(end, end);
  while (!done.signal.aborted) {
    await wire.spans();
    await delay(logEveryMs, done).catch(() => {});
  }
  return work;
}

function isWhole({ text, finishReason, failure }: HeldStream): boolean {
  return failure === undefined && finishReason === 'stop' && text.endsWith(` word${tokens - 1}`);
}

function print(count: number, measured: Record<string, Measured>): void {
  const rows = Object.values(measured);
  const row = (name: string, toCell: (one: Measured) => string) => [name, ...rows.map(toCell)];
  process.stdout.write(
    `${count} streams open at once, ${machine()}.\n` +
      `The product in a process of its own, ${openingAtOnce} at a time until all are open; then a text every ` +
      `${wordMs(count)} ms for each of them.\nA Lambda instance has one request at a time: this is the server of a laptop, or ` +
      `of a container.\n\n`,
  );
  printTable([
    ['', ...Object.keys(measured)],
    row('streams opened', ({ streams }) => String(streams.filter((one) => one.firstTokenMs).length)),
    row('failed', ({ streams }) => String(streams.filter((one) => one.failure).length)),
    row('whole', ({ streams }) => String(streams.filter(isWhole).length)),
    row('all open after, s', ({ openingMs }) => (openingMs / 1_000).toFixed(1)),
    row('first token, median ms', ({ streams }) => median(firstTokens(streams)).toFixed(0)),
    row('first token, p95 ms', ({ streams }) => quantile(firstTokens(streams), 0.95).toFixed(0)),
    row('RSS before, MiB', ({ before }) => toMib(before.rssBytes)),
    row('RSS with all open, MiB', ({ open }) => toMib(open.rssBytes)),
    row('RSS at its peak, MiB', ({ after }) => toMib(after.peakRssBytes)),
    row('RSS after, MiB', ({ after }) => toMib(after.rssBytes)),
    row('KB a stream', (one) => kbPerStream(count, one).toFixed(1)),
    row('KB a stream, of live objects', (one) => liveKbPerStream(count, one).toFixed(1)),
    row('CPU ms a stream', (one) => cpuPerStream(count, one).toFixed(1)),
    row('loop late while all stream, p99 ms', ({ streamed }) => streamed.loopP99Ms.toFixed(0)),
    row('loop late while all stream, worst ms', ({ streamed }) => streamed.loopWorstMs.toFixed(0)),
    row('loop late while they open or end, p99 ms', ({ open, after }) =>
      Math.max(open.loopP99Ms, after.loopP99Ms).toFixed(0),
    ),
    row('loop late while they open or end, worst ms', ({ open, after }) =>
      Math.max(open.loopWorstMs, after.loopWorstMs).toFixed(0),
    ),
  ]);
  for (const [name, { streams }] of Object.entries(measured)) {
    const reasons = new Set(streams.flatMap(({ failure }) => failure ?? []));
    if (reasons.size > 0) process.stdout.write(`\nFailed, ${name}: ${Array.from(reasons).join('; ')}\n`);
  }
  process.stdout.write(`\nstreams count=${count}${rows.map((one, n) => words(count, one, n)).join('')}\n`);
}

function words(count: number, one: Measured, n: number): string {
  const figures = {
    failed: one.streams.filter(({ failure }) => failure).length,
    whole: one.streams.filter(isWhole).length,
    kbPerStream: kbPerStream(count, one).toFixed(1),
    cpuMsPerStream: cpuPerStream(count, one).toFixed(1),
    loopP99Ms: one.streamed.loopP99Ms.toFixed(0),
    loopWorstMs: one.streamed.loopWorstMs.toFixed(0),
  };
  return Object.entries(figures)
    .map(([name, value]) => ` ${n === 0 ? '' : 'same/'}${name}=${value}`)
    .join('');
}

function firstTokens(streams: readonly HeldStream[]): number[] {
  return streams.map(({ firstTokenMs = Number.NaN }) => firstTokenMs);
}

function toMib(bytes: number): string {
  return (bytes / 1_024 / 1_024).toFixed(0);
}

/** What an open stream adds to the process. */
function kbPerStream(count: number, { before, open }: Measured): number {
  return (open.rssBytes - before.rssBytes) / 1_000 / count;
}

function liveKbPerStream(count: number, { before, open }: Measured): number {
  const live = ({ heapBytes, externalBytes }: ProductUsage) => heapBytes + externalBytes;
  return (live(open) - live(before)) / 1_000 / count;
}

function cpuPerStream(count: number, { before, after }: Measured): number {
  return (after.cpuMs - before.cpuMs) / count;
}
