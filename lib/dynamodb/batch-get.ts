import { BatchGetItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { delay } from '../async/delay.ts';
import { RagError } from '../rag/errors.ts';
import { stored } from './client.ts';

type Item = Record<string, AttributeValue>;

/** What is read: at most 100 distinct keys (BatchGetItem takes no more), and of the items all or what is projected. */
export interface BatchGet {
  table: string;
  keys: readonly Item[];
  isConsistent: boolean;
  projection?: { expression: string; names: Record<string, string> };
}

/** The items at the keys, in no order; what DynamoDB leaves unprocessed is read again after a wait. */
export async function batchGet(client: DynamoDBClient, get: BatchGet, signal: AbortSignal): Promise<Item[]> {
  const { table, isConsistent, projection } = get;
  const items: Item[] = [];
  let keys = Array.from(get.keys);
  for (let attempt = 0; keys.length > 0; attempt += 1) {
    if (attempt === 5) throw new RagError('storage_unavailable', 'The database did not answer. Try again.');
    if (attempt > 0) await delay(25 * 2 ** attempt, { signal });
    const request = {
      Keys: keys,
      ConsistentRead: isConsistent,
      ...(projection && {
        ProjectionExpression: projection.expression,
        ExpressionAttributeNames: projection.names,
      }),
    };
    const command = new BatchGetItemCommand({ RequestItems: { [table]: request } });
    const output = await stored(signal, client.send(command, { abortSignal: signal }));
    items.push(...(output.Responses?.[table] ?? []));
    keys = output.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return items;
}
