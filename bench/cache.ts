import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { Agent } from 'node:http';
import { ask, type Asked } from '../test/wire/ask-client.ts';
import { productEnvironment } from '../test/wire/product-environment.ts';
import { startProduct } from '../test/wire/start-product.ts';
import { startWire, type Wire } from '../test/wire/start-wire.ts';
import { machine, median, printTable, quantile } from './figures.ts';

/** A read of the table takes 5 ms and what a hit does not wait for takes longer, in milliseconds. */
const delaysMs = { embedding: 50, cache: 5, documents: 20, search: 30, firstToken: 200 };

/** Answers that are cached, of as many words as an answer has. */
const answers = 40;
const words = 120;

/** Hits until the process is warm: its code compiled, its connections open. */
const warmUps = 480;
const warmUpsAtOnce = 16;

/**
 * Measures cached answers over the wire, each beside one read of an item by the same SDK, and prints how many reads long
 * they took. Throws if one of them does not come from the cache.
 */
export async function benchCache(requests: number): Promise<void> {
  const wire = await startWire({ delaysMs, tokens: words });
  const product = await startProduct(productEnvironment(wire));
  const agent = new Agent({ keepAlive: true });
  const askOne = (n: number) =>
    ask(product.url, { question: `Who writes log number ${n % answers}?` }, agent);
  const read = createRead(wire);
  try {
    for (let n = 0; n < answers + warmUps; n += warmUpsAtOnce) {
      await Promise.all(Array.from({ length: warmUpsAtOnce }, (_, lane) => askOne(n + lane)));
      await read();
    }
    const measured = { readMs: [], firstTokenMs: [], totalMs: [] } as Measured;
    for (let n = 0; n < requests; n += 1) {
      measured.readMs.push(await read());
      const hit = toHit(await askOne(n));
      measured.firstTokenMs.push(hit.firstDeltaMs);
      measured.totalMs.push(hit.totalMs);
    }
    print(requests, measured);
  } finally {
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
}

/** Makes a function that reads one item over the wire and tells the milliseconds it took. */
function createRead(wire: Wire): () => Promise<number> {
  const client = new DynamoDBClient({
    endpoint: wire.dynamoDbEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'wire', secretAccessKey: 'wire' },
  });
  return async () => {
    const startMs = performance.now();
    await client.send(new GetItemCommand({ TableName: 'wire', Key: { pk: { S: 'not there' } } }));
    return performance.now() - startMs;
  };
}

function toHit(asked: Asked): { firstDeltaMs: number; totalMs: number } {
  const { sources, done, firstDeltaMs, totalMs } = asked;
  if (sources?.cached !== 'exact' || done?.finishReason !== 'stop' || firstDeltaMs === undefined) {
    throw new Error(`No exact hit: ${asked.status} ${asked.body}`);
  }
  return { firstDeltaMs, totalMs };
}

function print(requests: number, { readMs, firstTokenMs, totalMs }: Measured): void {
  const row = (name: string, values: readonly number[]) => [
    name,
    median(values).toFixed(1),
    quantile(values, 0.95).toFixed(1),
    (median(values) / median(readMs)).toFixed(2),
  ];
  process.stdout.write(
    `Exact hits over the wire, ${requests} one at a time, each of ${words} words, ${machine()}.\n` +
      `A read takes ${delaysMs.cache} ms on the wire; a hit makes two, one after the other: the answer, then the versions of ` +
      'the documents it rests on.\n\n',
  );
  printTable([
    ['', 'median ms', 'p95 ms', '/ one read'],
    row('one read (GetItem, with the SDK)', readMs),
    row('exact hit, first token', firstTokenMs),
    row('exact hit, whole', totalMs),
  ]);
  const ratio = (values: readonly number[]) => (median(values) / median(readMs)).toFixed(3);
  process.stdout.write(
    `\ncache readMs=${median(readMs).toFixed(2)} exactFirstToken/read=${ratio(firstTokenMs)} ` +
      `exactWhole/read=${ratio(totalMs)}\n`,
  );
}
