import { createKeywordIndex } from '../../lib/dynamodb/postings.ts';
import { knowledgeTable } from '../../lib/dynamodb/tables.ts';
import { createCalls } from '../fakes/calls.ts';
import { createFakeKeywords } from '../fakes/keyword-index.ts';
import { embedding, useDynamoDb } from './emulators.ts';
import { keywordIndexContract } from './keyword-index.ts';

const dynamoDb = useDynamoDb();

keywordIndexContract('in memory', async () => createFakeKeywords(createCalls()));
keywordIndexContract('DynamoDB', async () =>
  createKeywordIndex(dynamoDb.client(), await dynamoDb.table(knowledgeTable(embedding))),
);
