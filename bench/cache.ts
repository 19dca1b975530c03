import { Agent } from 'node:http';
import { ask } from '../test/wire/ask-client.ts';
import { productEnvironment } from '../test/wire/product-environment.ts';
import { startProduct } from '../test/wire/start-product.ts';
import { startWire } from '../test/wire/start-wire.ts';
import { createSingleRead, type SingleRead } from './cache-read.ts';
import { prepareSimilar, toHit, type AskOne, type Questions } from './cache-similar.ts';
import { machine, median, printTable, quantile } from './figures.ts';

/** A read of the table takes 5 ms and what an exact hit does not wait for takes longer, in milliseconds. */
const delaysMs = { embedding: 50, cache: 5, documents: 20, search: 30, firstToken: 200 };

/** What a similar hit waits for: its vector, the search, and the answer beside its documents' versions. */
const similarPathMs = delaysMs.embedding + delaysMs.search + delaysMs.cache;

/** Answers that are cached, of as many words as an answer has. */
const answers = 40;
const words = 120;

/** Hits until the process is warm: its code compiled, its connections open. */
const warmUps = 480;
const warmUpsAtOnce = 16;

/** Of all that are asked for a similar answer, at most so many may be looked at once more instead. */
const mostExplored = 0.1;

/**
 * Measures cached answers over the wire, each beside one read of an item by the same SDK, and prints how many reads long
 * they took. Throws if an exact one does not come from the cache, or too few of the similar ones do.
 */
export async function benchCache(requests: number): Promise<void> {
  const wire = await startWire({ delaysMs, tokens: words });
  const product = await startProduct({
    ...productEnvironment(wire),
    // So that hardly any answer is looked at once more: here it is known that all of them are right.
    CACHE_MAX_ERROR_RATE: '0.2',
  });
  const agent = new Agent({ keepAlive: true });
  const askOne: AskOne = (body) => ask(product.url, body, agent);
  const exact: Questions = (n) => ({ question: `Who writes log number ${n % answers}?` });
  const dynamoDb = createSingleRead(wire);
  try {
    for (let n = 0; n < answers + warmUps; n += warmUpsAtOnce) {
      await Promise.all(Array.from({ length: warmUpsAtOnce }, (_, lane) => askOne(exact(n + lane))));
      await dynamoDb.read();
    }
    const similar = await prepareSimilar(askOne, dynamoDb);
    for (let n = 0; n < warmUps / 4; n += warmUpsAtOnce) {
      await Promise.all(Array.from({ length: warmUpsAtOnce }, (_, lane) => askOne(similar(n + lane))));
    }
    print(requests, await measure(requests, { dynamoDb, askOne, exact, similar }));
  } finally {
    dynamoDb.close();
    agent.destroy();
    await product.close();
    await wire.close();
  }
}

/** Each of every request, in milliseconds. */
interface Measured {
  readMs: number[];
  firstTokenMs: number[];
  totalMs: number[];
  similarFirstTokenMs: number[];
  similarTotalMs: number[];
}

/** What is measured: a read, and questions by their number. */
interface Measurable {
  dynamoDb: SingleRead;
  askOne: AskOne;
  exact: Questions;
  similar: Questions;
}

async function measure(
  requests: number,
  { dynamoDb, askOne, exact, similar }: Measurable,
): Promise<Measured> {
  const measured: Measured = {
    ...{ readMs: [], firstTokenMs: [], totalMs: [], similarFirstTokenMs: [], similarTotalMs: [] },
  };
  for (let n = 0; n < requests; n += 1) {
    measured.readMs.push(await dynamoDb.read());
    const hit = toHit(await askOne(exact(n)), 'exact');
    if (!hit) throw new Error('An answer that was cached did not come from the cache.');
    measured.firstTokenMs.push(hit.firstDeltaMs);
    measured.totalMs.push(hit.totalMs);
    const near = toHit(await askOne(similar(n)), 'similar');
    if (!near) continue;
    measured.similarFirstTokenMs.push(near.firstDeltaMs);
    measured.similarTotalMs.push(near.totalMs);
  }
  if (measured.similarTotalMs.length < (1 - mostExplored) * requests) {
    throw new Error(`Only ${measured.similarTotalMs.length} of ${requests} were answered as similar ones.`);
  }
  return measured;
}

function print(requests: number, measured: Measured): void {
  const { readMs, firstTokenMs, totalMs, similarFirstTokenMs, similarTotalMs } = measured;
  const row = (name: string, values: readonly number[]) => [
    name,
    median(values).toFixed(1),
    quantile(values, 0.95).toFixed(1),
    (median(values) / median(readMs)).toFixed(2),
  ];
  process.stdout.write(
    `Cached answers over the wire, ${requests} of each one at a time, each of ${words} words, ${machine()}.\n` +
      `A read takes ${delaysMs.cache} ms on the wire. An exact hit makes two, one after the other: the answer, then the ` +
      'versions of\nthe documents it rests on. A similar hit waits for the vector of its question ' +
      `(${delaysMs.embedding} ms), a search (${delaysMs.search} ms) and one\nread: ${similarPathMs} ms.\n\n`,
  );
  printTable([
    ['', 'median ms', 'p95 ms', '/ one read'],
    row('one read (GetItem, with the SDK)', readMs),
    row('exact hit, first token', firstTokenMs),
    row('exact hit, whole', totalMs),
    row('similar hit, first token', similarFirstTokenMs),
    row('similar hit, whole', similarTotalMs),
  ]);
  const ratio = (values: readonly number[], toMs = median(readMs)) => (median(values) / toMs).toFixed(3);
  process.stdout.write(
    `\ncache readMs=${median(readMs).toFixed(2)} exactFirstToken/read=${ratio(firstTokenMs)} ` +
      `exactWhole/read=${ratio(totalMs)} similarFirstToken/read=${ratio(similarFirstTokenMs)} ` +
      `similarWhole/read=${ratio(similarTotalMs)} similarFirstToken/path=${ratio(similarFirstTokenMs, similarPathMs)}\n`,
  );
}
