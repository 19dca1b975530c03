import { PutItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { toNumbers } from '../../lib/dynamodb/chunk-items.ts';
import { answersTable, chunkIndexName, controlTable, knowledgeTable } from '../../lib/dynamodb/tables.ts';
import { ensureTable } from '../../local/provision/tables.ts';
import { chunkItem, documentItem, scope } from '../wire/knowledge.ts';
import { dimensions } from '../wire/product-environment.ts';

const embedding = { model: 'text-embedding-3-small', dimensions };

/** The vector of the document's chunk, for a model that gives every text the same. */
export const vector = Float32Array.from({ length: dimensions }, (_, axis) => (axis === 0 ? 1 : 0));

/** Makes the tables of `productEnvironment`, and puts one document in service to answer from. */
export async function seedKnowledge(client: DynamoDBClient): Promise<void> {
  await Promise.all([
    ensureTable(client, 'wire-knowledge', knowledgeTable(embedding)),
    ensureTable(client, 'wire-answers', answersTable(embedding)),
    ensureTable(client, 'wire-control', controlTable()),
  ]);
  const chunk = chunkItem('guide.md', 0, 'The keeper writes the weather into the log.');
  const Item = { ...chunk, scope: { S: scope }, [chunkIndexName(embedding)]: { L: toNumbers(vector) } };
  await client.send(new PutItemCommand({ TableName: 'wire-knowledge', Item }));
  await client.send(new PutItemCommand({ TableName: 'wire-knowledge', Item: documentItem('guide.md') }));
}
