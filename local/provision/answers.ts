import {
  DeleteTableCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  waitUntilTableNotExists,
  type DynamoDBClient,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import { answersTable, type TableSpec } from '../../lib/dynamodb/tables.ts';
import { RagError } from '../../lib/rag/errors.ts';
import { ensureTable } from './tables.ts';

/** The longest a table may take to go, in seconds. */
const goneLimitSeconds = 120;

/**
 * Makes the answers' table as it has to be for this model, and says whether one was thrown away for it: what it holds can
 * be asked again. Throws RagError `configuration` if the table is none of ours.
 */
export async function ensureAnswers(
  dynamoDb: DynamoDBClient,
  name: string,
  embedding: { model: string; dimensions: number },
): Promise<{ isAnew: boolean }> {
  const spec = answersTable(embedding);
  const table = await ensureTable(dynamoDb, name, spec);
  if (fits(table, spec)) return { isAnew: false };
  if (!isOurs(table, spec)) {
    const message = `The table ${name} is no table of answers. Set ANSWERS_TABLE to another name.`;
    throw new RagError('configuration', message);
  }
  await remove(dynamoDb, name);
  await ensureTable(dynamoDb, name, spec);
  return { isAnew: true };
}

/** Whether the table has the index of the model, and that brings all it should. */
function fits({ VectorIndexes: found = [] }: TableDescription, { VectorIndexes: wanted = [] }: TableSpec) {
  return wanted.every(({ IndexName, Projection }) => {
    const present = found.find((index) => index.IndexName === IndexName)?.Projection?.NonKeyAttributes;
    return present && Projection?.NonKeyAttributes?.every((attribute) => present.includes(attribute));
  });
}

/** Whether it is keyed by nothing but what our own is: nobody else's table is thrown away for a name that was mistaken. */
function isOurs(table: TableDescription, spec: TableSpec): boolean {
  const known = new Set(spec.AttributeDefinitions?.map(({ AttributeName }) => AttributeName));
  const keys = (table.KeySchema ?? []).map(({ AttributeName }) => AttributeName);
  const isKnown = (table.AttributeDefinitions ?? []).every((each) => known.has(each.AttributeName));
  return isKnown && keys.join() === spec.KeySchema?.map(({ AttributeName }) => AttributeName).join();
}

async function remove(dynamoDb: DynamoDBClient, name: string): Promise<void> {
  try {
    await dynamoDb.send(new DeleteTableCommand({ TableName: name }));
  } catch (error) {
    // Another process was faster.
    if (!(error instanceof ResourceNotFoundException) && !(error instanceof ResourceInUseException))
      throw error;
  }
  const limits = { client: dynamoDb, maxWaitTime: goneLimitSeconds, minDelay: 1, maxDelay: 2 };
  await waitUntilTableNotExists(limits, { TableName: name });
}
