import {
  SearchVectorsCommand,
  type AttributeValue,
  type DynamoDBClient,
  type SearchVectorsCommandInput,
} from '@aws-sdk/client-dynamodb';
import { retry, type RetryPolicy } from '../async/retry.ts';
import { RagError } from '../rag/errors.ts';
import { stored } from './client.ts';

/** An item that a search brought, as far as the index has it; 0 is the same vector, 2 the opposite one. */
export interface Found {
  item: Record<string, AttributeValue>;
  distance: number;
}

/** Searches an index, best first, after a wait where the index is too new to be searched. */
export async function searchVectors(
  client: DynamoDBClient,
  input: SearchVectorsCommandInput,
  signal: AbortSignal,
): Promise<Found[]> {
  const command = new SearchVectorsCommand(input);
  const send = () => stored(signal, client.send(command, { abortSignal: signal }));
  const { SearchResults = [] } = await retry(send, whileIndexWarmsUp, { signal });
  return SearchResults.flatMap(({ Item: item, Score: distance = 2 }) => (item ? [{ item, distance }] : []));
}

// A new index can refuse searches for a while after it is ACTIVE.
const whileIndexWarmsUp: RetryPolicy = {
  attempts: 4,
  baseDelayMs: 200,
  maxDelayMs: 1_000,
  isRetryable: (error) =>
    error instanceof RagError &&
    error.cause instanceof Error &&
    /does not have the specified index|backfilling vector index/.test(error.cause.message),
  retryAfterMs: () => undefined,
};
