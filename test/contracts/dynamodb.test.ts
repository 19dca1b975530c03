import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import { createChunkStore } from '../../lib/dynamodb/chunks.ts';
import { createDocumentStore } from '../../lib/dynamodb/documents.ts';
import { knowledgeTable } from '../../lib/dynamodb/tables.ts';
import { chunkStoreContract } from './chunk-store.ts';
import { documentStoreContract } from './document-store.ts';
import { embedding, index, useDynamoDb } from './emulators.ts';

const dynamoDb = useDynamoDb();
const options = { signal: new AbortController().signal };

chunkStoreContract('DynamoDB', async () =>
  createChunkStore(dynamoDb.client(), { table: await dynamoDb.table(knowledgeTable(embedding)), index }),
);
documentStoreContract('DynamoDB', async () =>
  createDocumentStore(dynamoDb.client(), await dynamoDb.table(knowledgeTable(embedding))),
);

describe('what is particular to DynamoDB', () => {
  it('vectors that do not fit the index are a mismatch that names the way out, at search and at write', async () => {
    const table = await dynamoDb.table(knowledgeTable(embedding));
    const store = createChunkStore(dynamoDb.client(), { table, index });
    const vector = Float32Array.from([1, 0]);
    const chunk = { document: 'a', version: 'v', number: 0, title: '', text: 'x', headings: [] };
    const mismatch = {
      code: 'index_mismatch',
      message: expect.stringContaining('EMBEDDING_DIMENSIONS') as string,
    };
    await expect(store.search({ scope: 'a/b', vector, limit: 1 }, options)).rejects.toMatchObject(mismatch);
    await expect(
      store.put({ scope: 'a/b', revision: 0 }, [{ chunk, vector }], options),
    ).rejects.toMatchObject(mismatch);
  });

  it('a table that is not there is a matter of configuration', async () => {
    const store = createDocumentStore(dynamoDb.client(), 'no-such-table');
    const failure = store.get({ scope: 'a/b', id: 'x' }, options);
    await expect(failure).rejects.toMatchObject({ code: 'configuration', retryable: false });
  });

  it('a chunk that lies about its scope is not shown: the lock is ours', async () => {
    const table = await dynamoDb.table(knowledgeTable(embedding));
    const store = createChunkStore(dynamoDb.client(), { table, index });
    const chunk = { document: 'a', version: 'v', number: 0, title: '', text: 'x', headings: [] };
    const vector = Float32Array.from([1, 0, 0, 0]);
    await store.put({ scope: 'acme/main', revision: 0 }, [{ chunk, vector }], options);
    await dynamoDb.client().send(
      new UpdateItemCommand({
        TableName: table,
        Key: { pk: { S: 'acme/main#chunk#a' }, sk: { S: 'v#000000' } },
        UpdateExpression: 'SET #scope = :other',
        ExpressionAttributeNames: { '#scope': 'scope' },
        ExpressionAttributeValues: { ':other': { S: 'evil/main' } },
      }),
    );
    expect(await store.search({ scope: 'evil/main', vector, limit: 5 }, options)).toEqual([]);
  });
});
