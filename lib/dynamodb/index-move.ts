import {
  DescribeTableCommand,
  UpdateTableCommand,
  type DynamoDBClient,
  type UpdateTableCommandInput,
  type VectorIndexDescription,
} from '@aws-sdk/client-dynamodb';
import { delay } from '../async/delay.ts';
import { retry, type RetryPolicy } from '../async/retry.ts';
import { within } from '../async/within.ts';
import { RagError } from '../rag/errors.ts';
import type { Embedding, VectorIndex } from '../rag/ports/vectors.ts';
import { stored } from './client.ts';
import { walkVectors } from './index-vectors.ts';
import { chunkIndex, chunkIndexAttributes, chunkIndexName } from './tables.ts';

/** How long an index may take to come or to go; of a large table it is filled for hours. */
const changeLimitMs = 6 * 60 * 60_000;

/** The first look after a change, and the longest wait between two. */
const firstLookMs = 50;
const longestLookMs = 10_000;

/** The vectors of one embedding in the knowledge table: an index and an attribute of its name. */
export function createVectorIndex(
  client: DynamoDBClient,
  { table, embedding }: { table: string; embedding: Embedding },
): VectorIndex {
  const name = chunkIndexName(embedding);
  const { clear, ...vectors } = walkVectors(client, { table, attribute: name });

  const find = async (signal: AbortSignal): Promise<VectorIndexDescription | undefined> => {
    const command = new DescribeTableCommand({ TableName: table });
    const { Table } = await stored(signal, client.send(command, { abortSignal: signal }));
    return Table?.VectorIndexes?.find(({ IndexName }) => IndexName === name);
  };
  const change = async (update: Omit<UpdateTableCommandInput, 'TableName'>, signal: AbortSignal) => {
    const command = new UpdateTableCommand({ TableName: table, ...update });
    const send = () => stored(signal, client.send(command, { abortSignal: signal }));
    await retry(send, whileTableChanges, { signal });
  };
  const until = async (
    holds: (index: VectorIndexDescription | undefined) => boolean,
    parent: AbortSignal,
  ) => {
    const look = async (signal: AbortSignal) => {
      let waitMs = firstLookMs;
      while (!holds(await find(signal))) {
        await delay(waitMs, { signal });
        waitMs = Math.min(longestLookMs, 2 * waitMs);
      }
    };
    await within(changeLimitMs, parent, look).catch((error: unknown) => {
      parent.throwIfAborted();
      if (error instanceof RagError) throw error;
      throw new RagError('storage_unavailable', `The index ${name} is still not done. Run this again.`, {
        cause: error,
      });
    });
  };

  return {
    ...vectors,
    create: async ({ signal }) => {
      if (await find(signal)) return;
      const AttributeDefinitions = [...chunkIndexAttributes];
      await change({ AttributeDefinitions, VectorIndexUpdates: [{ Create: chunkIndex(embedding) }] }, signal);
    },
    untilSearchable: ({ signal }) =>
      until((index) => index?.IndexStatus === 'ACTIVE' && !index.Backfilling, signal),
    drop: async ({ signal }) => {
      const index = await find(signal);
      if (index && index.IndexStatus !== 'DELETING') {
        await change({ VectorIndexUpdates: [{ Delete: { IndexName: name } }] }, signal);
      }
      // While the index is there, every vector that is taken away is also a write to the index.
      await until((index) => index === undefined, signal);
      await clear({ signal });
    },
  };
}

// A table takes one change of its indexes at a time.
const whileTableChanges: RetryPolicy = {
  attempts: 20,
  baseDelayMs: 1_000,
  maxDelayMs: 30_000,
  isRetryable: (error) =>
    error instanceof RagError &&
    error.cause instanceof Error &&
    ['ResourceInUseException', 'LimitExceededException'].includes(error.cause.name),
  retryAfterMs: () => undefined,
};
