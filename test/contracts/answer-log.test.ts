import { createAnswerLog } from '../../lib/dynamodb/answer-log.ts';
import { controlTable } from '../../lib/dynamodb/tables.ts';
import { createFakeLog } from '../fakes/answer-log.ts';
import { createCalls } from '../fakes/calls.ts';
import { answerLogContract } from './answer-log.ts';
import { useDynamoDb } from './emulators.ts';

const dynamoDb = useDynamoDb();

answerLogContract('in memory', async () => createFakeLog(createCalls()));
answerLogContract('DynamoDB', async () =>
  createAnswerLog(dynamoDb.client(), await dynamoDb.table(controlTable())),
);
