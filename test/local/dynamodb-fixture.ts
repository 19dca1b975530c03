import {
  CreateTableCommand,
  DynamoDBClient,
  SearchVectorsCommand,
  UpdateTimeToLiveCommand,
  type AttributeValue,
  type CreateTableCommandInput,
  type SearchVectorsCommandInput,
  type VectorIndex,
} from '@aws-sdk/client-dynamodb';
import { onTestFinished } from 'vitest';
import type { TableSpec } from '../../lib/dynamodb/tables.ts';
import { startDynamoDb } from '../../local/dynamodb/server.ts';

/** The real SDK's client for an endpoint; it neither waits nor tries again. */
export function clientFor(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'eu-west-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** A server of this test's own with a client; `stop` ends both, at the end of the test at the latest. */
export async function startServer(directory?: string) {
  const server = await startDynamoDb(directory === undefined ? {} : { directory });
  const client = clientFor(server.endpoint);
  let stopped: Promise<void> | undefined;
  const stop = () => {
    client.destroy();
    return (stopped ??= server.close());
  };
  onTestFinished(stop);
  return { client, endpoint: server.endpoint, stop };
}

/** A list of numbers in wire form. */
export const numbers = (...list: (number | string)[]): AttributeValue.NMember[] =>
  list.map((number) => ({ N: String(number) }));

/** An item with a vector. */
export const item = (pk: string, vector: number[], more: Record<string, AttributeValue> = {}) => ({
  pk: { S: pk },
  embedding: { L: numbers(...vector) },
  ...more,
});

/** Three dimensions, cosine, everything projected, but for what the test says. */
export const vectorIndex = (changes: Partial<VectorIndex> = {}): VectorIndex => ({
  IndexName: 'vix',
  VectorAttribute: { AttributeName: 'embedding' },
  Dimensions: 3,
  DistanceFunction: 'COSINE',
  Projection: { ProjectionType: 'ALL' },
  ...changes,
});

/** A SearchSchema with HASH `tenant` and INLINE_FILTER `category`, both strings, and the number `tier`. */
export const tenantSchema = {
  SearchSchema: [
    { AttributeName: 'tenant', SearchSchemaElementType: 'HASH' },
    { AttributeName: 'category', SearchSchemaElementType: 'INLINE_FILTER' },
    { AttributeName: 'tier', SearchSchemaElementType: 'INLINE_FILTER' },
  ],
} satisfies Partial<VectorIndex>;

/** Input for a table with key `pk`, its attributes declared as far as the indexes use them. */
export function tableInput(TableName: string, indexes?: VectorIndex[]): CreateTableCommandInput {
  const schema = new Set(
    indexes?.flatMap((index) => index.SearchSchema ?? []).map((each) => each.AttributeName),
  );
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      ...[...schema].map(
        (name) => ({ AttributeName: name, AttributeType: name === 'tier' ? 'N' : 'S' }) as const,
      ),
    ],
    ...(indexes && { VectorIndexes: indexes }),
  };
}

/** A server with one table `things`. */
export async function startWithTable(...indexes: VectorIndex[]) {
  const started = await startServer();
  await started.client.send(
    new CreateTableCommand(tableInput('things', indexes.length ? indexes : undefined)),
  );
  return started;
}

/** A table as the laptop makes it from a spec of `lib/dynamodb/tables.ts`. */
export async function createFromSpec(client: DynamoDBClient, TableName: string, spec: TableSpec) {
  const { expiresAttribute, ...input } = spec;
  await client.send(new CreateTableCommand({ ...input, TableName }));
  if (!expiresAttribute) return;
  const TimeToLiveSpecification = { AttributeName: expiresAttribute, Enabled: true };
  await client.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
}

/** Searches `vix` of `things` for (1, 0, 0) but for what the test says. */
export function search(client: DynamoDBClient, changes: Partial<SearchVectorsCommandInput> = {}) {
  return client.send(
    new SearchVectorsCommand({
      TableName: 'things',
      IndexName: 'vix',
      SearchVector: numbers(1, 0, 0),
      TopK: 100,
      ...changes,
    }),
  );
}

/** Key and score of what a search found, in order. */
export async function found(client: DynamoDBClient, changes: Partial<SearchVectorsCommandInput> = {}) {
  const { SearchResults: results = [] } = await search(client, changes);
  return results.map((result) => [result.Item?.['pk']?.S, result.Score] as const);
}

/** Keys of what a search found, in order. */
export const foundKeys = async (client: DynamoDBClient, changes: Partial<SearchVectorsCommandInput> = {}) =>
  (await found(client, changes)).map(([pk]) => pk);
