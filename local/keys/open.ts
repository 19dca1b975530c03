import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../lib/dynamodb/client.ts';
import { createKeyStore } from '../../lib/dynamodb/keys.ts';
import { controlTable } from '../../lib/dynamodb/tables.ts';
import type { KeyStore } from '../../lib/rag/ports/access.ts';
import { startEmulators } from '../emulators/start.ts';
import { ensureTable } from '../provision/tables.ts';
import type { Variables } from '../settings.ts';

/** Name of the table on a laptop, as `npm start` has it. */
const laptopTable = 'raglan-control';

/** The keys of a service, wherever that is. */
export interface OpenedKeys {
  keys: KeyStore;
  close(): Promise<void>;
}

/**
 * Opens the keys of the table that is named, in AWS or wherever the SDK's variables say; without one those of the laptop:
 * through the server that runs on the data, or by starting its database for as long as it takes.
 */
export async function openKeys(given: Variables, dataDirectory: string): Promise<OpenedKeys> {
  const { CONTROL_TABLE: table, AWS_ENDPOINT_URL_DYNAMODB: endpoint } = given;
  if (table === undefined && endpoint === undefined) return openLaptop(dataDirectory);
  const client = createDynamoDb();
  return { keys: createKeyStore(client, table ?? laptopTable), close: async () => client.destroy() };
}

async function openLaptop(dataDirectory: string): Promise<OpenedKeys> {
  const database = await startOrFind(dataDirectory);
  const { endpoint } = database;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials });
  const closeAll = async () => {
    client.destroy();
    await database.close();
  };
  try {
    await ensureTable(client, laptopTable, controlTable());
    return { keys: createKeyStore(client, laptopTable), close: closeAll };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

/** The database's lock is what tells for sure whether a server runs; the file may be an older one's. */
async function startOrFind(dataDirectory: string): Promise<{ endpoint: string; close(): Promise<void> }> {
  const directory = join(dataDirectory, 'dynamodb');
  try {
    const emulators = await startEmulators({ dynamoDb: { directory } });
    return { endpoint: emulators.endpoints.dynamoDb ?? '', close: () => emulators.close() };
  } catch (error) {
    const endpoint = await readFile(endpointFile(dataDirectory), 'utf8').catch(() => '');
    if (endpoint === '') throw error;
    return { endpoint, close: async () => {} };
  }
}

/** Notes where the database of a running server is, for those who need it beside the server. */
export async function noteEndpoint(dataDirectory: string, endpoint: string): Promise<void> {
  await mkdir(dataDirectory, { recursive: true });
  await writeFile(endpointFile(dataDirectory), endpoint, { mode: 0o600 });
}

function endpointFile(dataDirectory: string): string {
  return join(dataDirectory, 'dynamodb.url');
}
