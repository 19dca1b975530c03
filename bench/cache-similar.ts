import { stateKey } from '../lib/dynamodb/answer-items.ts';
import type { ask, Asked } from '../test/wire/ask-client.ts';
import { scope } from '../test/wire/knowledge.ts';
import { learntCounters } from '../test/wire/learnt-counters.ts';
import type { SingleRead } from './cache-read.ts';

/** What a question is asked with. */
type Body = Parameters<typeof ask>[1];
/** Asks one question. */
export type AskOne = (body: Body) => Promise<Asked>;
/** Questions by their number. */
export type Questions = (n: number) => Body;

/** Each has a cache of its own, since the number of sources shapes an answer; the 8 of the exact answers is left out. */
const topKs = Array.from({ length: 20 }, (_, n) => n + 1).filter((topK) => topK !== 8);

const cached = 'Who writes the log?';
const wordings = [
  'Who is it that writes the log?',
  'Who does write the log?',
  'Tell me who writes the log.',
  'Do you know who writes the log?',
];

/** How often an answer is asked for until it is cached: it is written after the answer before has ended. */
const tries = 50;

/** Has answers cached, and the cache know that they do for other wordings. Returns the `n`th question that has one. */
export async function prepareSimilar(askOne: AskOne, dynamoDb: SingleRead): Promise<Questions> {
  for (const topK of topKs) await untilCached(askOne, { question: cached, topK });
  await dynamoDb.put({ pk: stateKey(scope).pk.S, counters: Object.assign({}, ...learntCounters()) });
  return (n) => ({
    question: wordings[n % wordings.length]!,
    topK: topKs[Math.floor(n / wordings.length) % topKs.length]!,
  });
}

async function untilCached(askOne: AskOne, body: Body): Promise<void> {
  for (let n = 0; n < tries; n += 1) {
    const { sources } = await askOne(body);
    if (sources?.cached === 'exact') return;
  }
  throw new Error('An answer was not cached.');
}

/** A hit's times, or undefined for an answer of another tier or of the model. Throws if it is no whole answer. */
export function toHit(
  { sources, done, firstDeltaMs, totalMs, status, body }: Asked,
  tier: 'exact' | 'similar',
): { firstDeltaMs: number; totalMs: number } | undefined {
  if (done?.finishReason !== 'stop' || firstDeltaMs === undefined) {
    throw new Error(`No answer: ${status} ${body}`);
  }
  return sources?.cached === tier ? { firstDeltaMs, totalMs } : undefined;
}
