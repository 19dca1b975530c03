import { DynamoDBClient, GetItemCommand, QueryCommand, SearchVectorsCommand } from '@aws-sdk/client-dynamodb';
import OpenAI from 'openai';
import type { Wire } from '../test/wire/start-wire.ts';

/**
 * The same five steps as a program without concurrency makes them, with the same clients over the same wire: the cache,
 * the embedding, the documents, the search, the model. Returns a function that does it once and tells the milliseconds
 * to the first token.
 */
export function createOneAfterAnother(wire: Wire): () => Promise<number> {
  const dynamoDb = new DynamoDBClient({
    endpoint: wire.dynamoDbEndpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'wire', secretAccessKey: 'wire' },
  });
  const openAi = new OpenAI({ baseURL: wire.openAiBaseUrl, apiKey: 'wire', maxRetries: 0 });
  const TableName = 'wire';
  return async () => {
    const startMs = performance.now();
    await dynamoDb.send(new GetItemCommand({ TableName, Key: { pk: { S: 'not there' } } }));
    const { data } = await openAi.embeddings.create({ model: 'wire', input: ['A question?'] });
    await dynamoDb.send(new QueryCommand({ TableName, KeyConditionExpression: 'pk = :pk', Limit: 100 }));
    const SearchVector = (data[0]?.embedding ?? []).map((value) => ({ N: String(value) }));
    const { SearchResults = [] } = await dynamoDb.send(
      new SearchVectorsCommand({ TableName, IndexName: 'wire', SearchVector, TopK: 16 }),
    );
    const content = SearchResults.map(({ Item }) => Item?.['text']?.S).join('\n');
    const stream = await openAi.chat.completions.create({
      model: 'wire',
      messages: [{ role: 'user', content }],
      stream: true,
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    return performance.now() - startMs;
  };
}
