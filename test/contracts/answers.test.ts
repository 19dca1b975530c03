import { createAnswerLeases } from '../../lib/dynamodb/answer-leases.ts';
import { answerIndexName, answersTable } from '../../lib/dynamodb/tables.ts';
import { createAnswerStore } from '../../lib/dynamodb/answers.ts';
import { createServedAnswers } from '../../lib/dynamodb/served-answers.ts';
import { createFakeLeases } from '../fakes/answer-leases.ts';
import { createFakeAnswers } from '../fakes/answer-store.ts';
import { createCalls } from '../fakes/calls.ts';
import { createFakeServed } from '../fakes/served-answers.ts';
import { answerLeasesContract } from './answer-leases.ts';
import { nearestAnswersContract } from './answer-nearest.ts';
import { servedAnswersContract } from './answer-served.ts';
import { answerStoreContract } from './answer-store.ts';
import { embedding, useDynamoDb } from './emulators.ts';

const dynamoDb = useDynamoDb();

/** Both over one new table. */
async function inDynamoDb() {
  const table = await dynamoDb.table(answersTable(embedding));
  return {
    answers: createAnswerStore(dynamoDb.client(), { table, index: answerIndexName(embedding) }),
    leases: createAnswerLeases(dynamoDb.client(), table),
  };
}

answerStoreContract('in memory', async () => createFakeAnswers(createCalls()));
answerStoreContract('DynamoDB', async () => (await inDynamoDb()).answers);

nearestAnswersContract('in memory', async () => createFakeAnswers(createCalls()));
nearestAnswersContract('DynamoDB', async () => (await inDynamoDb()).answers);

answerLeasesContract('in memory', async () => {
  const leases = createFakeLeases(createCalls());
  return { leases, answers: createFakeAnswers(createCalls(), leases.entries) };
});
answerLeasesContract('DynamoDB', inDynamoDb);

servedAnswersContract('in memory', async () => createFakeServed(createCalls()));
servedAnswersContract('DynamoDB', async () =>
  createServedAnswers(dynamoDb.client(), await dynamoDb.table(answersTable(embedding))),
);
