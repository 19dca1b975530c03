import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type WriteRequest,
} from '@aws-sdk/client-dynamodb';
import { delay } from '../async/delay.ts';
import { mapBounded } from '../async/map-bounded.ts';
import { RagError } from '../rag/errors.ts';
import { stored, storedIf } from './client.ts';

/** BatchWriteItem takes no more. */
const batchSize = 25;
const batchesAtOnce = 4;

/** Writes any number of items, in bounded parallel batches. */
export async function writeAll(
  client: DynamoDBClient,
  { table, writes }: { table: string; writes: readonly WriteRequest[] },
  signal: AbortSignal,
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(writes.length / batchSize) }, (_, at) =>
    writes.slice(at * batchSize, (at + 1) * batchSize),
  );
  await mapBounded(batches, { limit: batchesAtOnce, signal }, (batch, _, signal) =>
    writeBatch(client, table, batch, signal),
  );
}

/** Writes a batch; what DynamoDB leaves unprocessed is written again after a wait. */
async function writeBatch(
  client: DynamoDBClient,
  table: string,
  batch: WriteRequest[],
  signal: AbortSignal,
): Promise<void> {
  let open = batch;
  for (let attempt = 0; open.length > 0; attempt += 1) {
    if (attempt === 8) throw new RagError('storage_unavailable', 'The database takes no more writes now.');
    if (attempt > 0) await delay(Math.min(5_000, 50 * 2 ** attempt), { signal });
    const command = new BatchWriteItemCommand({ RequestItems: { [table]: open } });
    const { UnprocessedItems } = await stored(signal, client.send(command, { abortSignal: signal }));
    open = UnprocessedItems?.[table] ?? [];
  }
}

/** Removes an item with a `run` unless a run from `revision` or later has written it meanwhile. */
export async function removeFrom(
  client: DynamoDBClient,
  { table, key, revision }: { table: string; key: Record<string, AttributeValue>; revision: number },
  signal: AbortSignal,
): Promise<void> {
  const command = new DeleteItemCommand({
    TableName: table,
    Key: key,
    ConditionExpression: '#run < :revision',
    ExpressionAttributeNames: { '#run': 'run' },
    ExpressionAttributeValues: { ':revision': { N: String(revision) } },
  });
  await storedIf(signal, client.send(command, { abortSignal: signal }));
}

/** Pages of a query, with its errors mapped. */
export async function* readable<T>(signal: AbortSignal, pages: AsyncIterable<T>): AsyncGenerator<T, void> {
  const iterator = pages[Symbol.asyncIterator]();
  for (;;) {
    const next = await stored(signal, iterator.next());
    if (next.done) return;
    yield next.value;
  }
}
