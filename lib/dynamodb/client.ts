import { DynamoDBClient, type DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { RagError } from '../rag/errors.ts';

/** A client for many requests at once; region, credentials and endpoint come from the SDK's own environment. */
export function createDynamoDb(): DynamoDBClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: {
      // From two seconds on, the SDK looks twice before it gives up: a loop that a burst of questions holds up for longer
      // has had its turn for connections between the two. A shorter limit fails calls whose connections have long been made.
      connectionTimeout: 2_000,
      requestTimeout: 5_000,
      // Without this, a call that takes longer is only written about.
      throwOnRequestTimeout: true,
      // The SDK's default of 50 would make one question wait for another's.
      httpAgent: { maxSockets: 1_024 },
      httpsAgent: { maxSockets: 1_024 },
    },
  });
  // It copies each input and output, value by value, for a logger that is not there: an eighth of a question's CPU time.
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}

/** Awaits a call to DynamoDB. Throws RagError `storage_unavailable`, `index_mismatch` or `configuration`, or the signal's reason. */
export async function stored<T>(signal: AbortSignal, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    signal.throwIfAborted();
    throw toStorageError(error);
  }
}

/** Like `stored`, but a condition that did not hold is `undefined`. */
export async function storedIf<T>(signal: AbortSignal, call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    signal.throwIfAborted();
    if (isNamed(error, 'ConditionalCheckFailedException')) return undefined;
    throw toStorageError(error);
  }
}

function toStorageError(error: unknown): RagError {
  const { message = '' } = error as Partial<DynamoDBServiceException>;
  if (/does not match vector index dimension|Invalid size for parameter/i.test(message)) {
    return new RagError(
      'index_mismatch',
      'The embedding model does not fit the vector index. Set EMBEDDING_MODEL and EMBEDDING_DIMENSIONS as they were, or make a new index.',
      { cause: error },
    );
  }
  if (isNamed(error, 'ResourceNotFoundException') || isNamed(error, 'AccessDeniedException')) {
    return new RagError('configuration', 'The database refused us. Check the tables and permissions.', {
      cause: error,
    });
  }
  return new RagError('storage_unavailable', 'The database did not answer. Try again shortly.', {
    cause: error,
  });
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
