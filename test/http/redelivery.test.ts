import { EventEmitter, once } from 'node:events';
import { ScanCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, type Client } from './client.ts';
import { startLexicalCloud, type LexicalCloud } from './lexical-cloud.ts';
import { handbookPdf, prosePage } from '../fixtures/pdf.ts';

/** Bodies of the messages that the ingest function has taken to the end. */
const delivered: string[] = [];
const deliveries = new EventEmitter();
let lexical: LexicalCloud;
let client: Client;

beforeAll(async () => {
  lexical = await startLexicalCloud((ingest) => async (event, context) => {
    const result = await ingest(event, context);
    delivered.push(...event.Records.map((record) => record.body));
    deliveries.emit('delivered');
    return result;
  });
  const { url } = lexical.cloud;
  const target = {
    hasPlatform: true,
    close: () => lexical.close(),
    fetch: (path: string, init?: RequestInit) => fetch(`${url}${path}`, init),
  };
  client = createClient(target, 'main');
});
afterAll(() => lexical.close());

async function deliveredTimes(count: number): Promise<void> {
  while (delivered.length < count) await once(deliveries, 'delivered');
}

/** Every item of the knowledge table by its key. */
async function itemsOf(dynamoDb: DynamoDBClient): Promise<Map<string, unknown>> {
  const TableName = lexical.cloud.environment.KNOWLEDGE_TABLE;
  const { Items = [] } = await dynamoDb.send(new ScanCommand({ TableName, ConsistentRead: true }));
  return new Map(Items.map((item) => [`${item['pk']?.S} ${item['sk']?.S}`, item]));
}

it('an event that is delivered twice more changes no item of the tables', async () => {
  const { clients, queueUrl } = lexical.cloud;
  const bytes = new Uint8Array(await handbookPdf({ pages: 6, textOf: prosePage }));
  await client.put('twice.pdf', bytes, 'application/pdf');
  await deliveredTimes(1);
  expect((await client.get('twice.pdf')).state).toBe('ready');
  const before = await itemsOf(clients.dynamoDb);
  expect(before.size).toBeGreaterThan(6);

  const [event = ''] = delivered;
  for (let time = 0; time < 2; time += 1) {
    await clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: event }));
  }
  await deliveredTimes(3);

  expect(delivered).toEqual([event, event, event]);
  expect(await itemsOf(clients.dynamoDb)).toEqual(before);
  expect(lexical.failures).toEqual([]);
});

it('an event of a document that is long gone changes nothing either', async () => {
  const { clients, queueUrl } = lexical.cloud;
  const seen = delivered.length;
  await client.put('gone.md', '# Gone\n\nThis will not stay.\n', 'text/markdown');
  await deliveredTimes(seen + 1);
  const created = delivered.at(-1) ?? '';
  await client.cleanUp();
  // Both documents of this file are deleted, and each deletion is an event.
  await deliveredTimes(seen + 3);
  const before = await itemsOf(clients.dynamoDb);
  expect([...before.keys()].filter((key) => key.includes('#chunk#'))).toEqual([]);

  await clients.sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: created }));
  await deliveredTimes(seen + 4);

  expect(await itemsOf(clients.dynamoDb)).toEqual(before);
});
