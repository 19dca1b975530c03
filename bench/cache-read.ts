import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Wire } from '../test/wire/start-wire.ts';

/** Calls of the wire by the SDK and nothing else. */
export interface SingleRead {
  /** Reads one item and tells the milliseconds it took. */
  read(): Promise<number>;
  put(item: Record<string, unknown>): Promise<void>;
  close(): void;
}

/** Connects to the wire's DynamoDB. */
export function createSingleRead(wire: Wire): SingleRead {
  const client = new DynamoDBClient({
    endpoint: wire.dynamoDbEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'wire', secretAccessKey: 'wire' },
  });
  return {
    read: async () => {
      const startMs = performance.now();
      await client.send(new GetItemCommand({ TableName: 'wire', Key: { pk: { S: 'not there' } } }));
      return performance.now() - startMs;
    },
    put: async (item) => {
      await client.send(new PutItemCommand({ TableName: 'wire', Item: marshall(item) }));
    },
    close: () => client.destroy(),
  };
}
