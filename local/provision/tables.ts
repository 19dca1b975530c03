import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
  type DynamoDBClient,
  type TableDescription,
  type VectorIndexDescription,
} from '@aws-sdk/client-dynamodb';
import { chunkIndexName, knowledgeTable, type TableSpec } from '../../lib/dynamodb/tables.ts';
import { RagError } from '../../lib/rag/errors.ts';

/** The longest a new table may take to become active, in seconds. */
const activeLimitSeconds = 120;

/** Creates the table if it is missing, waits until it is active, and says what it is now. */
export async function ensureTable(
  dynamoDb: DynamoDBClient,
  name: string,
  spec: TableSpec,
): Promise<TableDescription> {
  const { expiresAttribute, ...table } = spec;
  if (!(await describe(dynamoDb, name))) {
    await create(dynamoDb, { ...table, TableName: name });
    const limits = { client: dynamoDb, maxWaitTime: activeLimitSeconds, minDelay: 1, maxDelay: 2 };
    await waitUntilTableExists(limits, { TableName: name });
  }
  if (expiresAttribute !== undefined) await ensureExpiry(dynamoDb, name, expiresAttribute);
  const description = await describe(dynamoDb, name);
  if (!description) throw new Error(`The table ${name} is gone again.`);
  return description;
}

async function describe(dynamoDb: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    return (await dynamoDb.send(new DescribeTableCommand({ TableName: name }))).Table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function create(dynamoDb: DynamoDBClient, input: CreateTableCommand['input']): Promise<void> {
  try {
    await dynamoDb.send(new CreateTableCommand(input));
  } catch (error) {
    // Another process was faster; waiting for the table is all that is left to do.
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}

async function ensureExpiry(dynamoDb: DynamoDBClient, name: string, attribute: string): Promise<void> {
  const described = await dynamoDb.send(new DescribeTimeToLiveCommand({ TableName: name }));
  const status = described.TimeToLiveDescription?.TimeToLiveStatus;
  if (status === 'ENABLED' || status === 'ENABLING') return;
  const TimeToLiveSpecification = { AttributeName: attribute, Enabled: true };
  await dynamoDb.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }));
}

/** Throws RagError `index_mismatch` if the table has no chunk index for this model, with what it has and the ways out. */
export function assertIndexFits(
  table: TableDescription,
  embedding: { model: string; dimensions: number },
): void {
  const indexes = table.VectorIndexes ?? [];
  const wanted = chunkIndexName(embedding);
  const name = table.TableName ?? '';
  const fitting = indexes.find((index) => index.IndexName === wanted);
  if (fitting) return assertProjects(name, fitting, embedding);
  if (indexes.length === 0) {
    throw new RagError(
      'index_mismatch',
      `The table ${name} has no vector index: its server is no DynamoDB that knows SearchVectors.\n` +
        'Unset AWS_ENDPOINT_URL_DYNAMODB to use the one that comes with Raglan.',
    );
  }
  const found = indexes.map((index) => `${index.IndexName} (${index.Dimensions} dimensions)`).join(', ');
  throw new RagError(
    'index_mismatch',
    [
      'The stored documents were embedded by another model than the one that is configured.',
      `  in the table ${name}: ${found}`,
      `  configured: EMBEDDING_MODEL=${embedding.model}, EMBEDDING_DIMENSIONS=${embedding.dimensions}, which is ${wanted}`,
      'Have the new model embed what is stored, beside the old one: npm run reindex',
      'Or set the model back to the one that is stored, or set DATA_DIR to another folder (KNOWLEDGE_TABLE to another',
      'table where the database is not ours) to start afresh; all of these keep what is there.',
    ].join('\n'),
  );
}

/** An index brings only the attributes that it was made with: one of an older version of ours would silently lack some. */
function assertProjects(
  table: string,
  found: VectorIndexDescription,
  embedding: { model: string; dimensions: number },
): void {
  const [wanted] = knowledgeTable(embedding).VectorIndexes ?? [];
  const present = new Set(found.Projection?.NonKeyAttributes);
  const vectors = wanted?.VectorAttribute?.AttributeName ?? '';
  const missing = (wanted?.Projection?.NonKeyAttributes ?? []).filter((name) => !present.has(name));
  if (found.VectorAttribute?.AttributeName !== vectors) missing.push(`its vectors in ${vectors}`);
  if (missing.length === 0) return;
  throw new RagError(
    'index_mismatch',
    [
      `The table ${table} was made by an older version: its index ${found.IndexName} lacks ${missing.join(', ')}.`,
      'An index cannot be changed. Set DATA_DIR to another folder, or remove the one there is (KNOWLEDGE_TABLE to another',
      'table where the database is not ours), and the documents are read anew.',
    ].join('\n'),
  );
}
