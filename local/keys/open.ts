import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createKeys } from '../../lib/app.ts';
import { controlTable } from '../../lib/dynamodb/tables.ts';
import type { KeyStore } from '../../lib/rag/ports/access.ts';
import { startEmulators } from '../emulators/start.ts';
import { makeFolder } from '../make-folder.ts';
import { ensureTable } from '../provision/tables.ts';
import { setEnvironment, toCloudEnvironment, type Variables } from '../settings.ts';

/** Name of the table on a laptop, as `npm start` has it. */
const laptopTable = 'raglan-control';

/** The keys of a service, wherever that is. */
export interface OpenedKeys {
  keys: KeyStore;
  close(): Promise<void>;
}

/**
 * Opens the keys of the table that is named, in AWS or wherever the SDK's variables say, or else those of the laptop:
 * through the server that runs on the data, or by starting its database for as long as it takes. Sets variables of the
 * process. Throws an Error where that cannot be done.
 */
export async function openKeys(given: Variables, dataDirectory: string): Promise<OpenedKeys> {
  const { CONTROL_TABLE: table, AWS_ENDPOINT_URL_DYNAMODB: elsewhere } = given;
  if (elsewhere === undefined && table === undefined) return openLaptop(given, dataDirectory);
  // In AWS the SDK's own variables say all; a server of one's own on this machine is happy with made-up credentials.
  if (elsewhere !== undefined) setEnvironment(toCloudEnvironment(given, {}));
  // No table is made here, where its name may have been mistaken.
  return { keys: createKeys(table ?? laptopTable), close: async () => {} };
}

async function openLaptop(given: Variables, dataDirectory: string): Promise<OpenedKeys> {
  const database = await startOrFind(dataDirectory);
  try {
    setEnvironment(toCloudEnvironment(given, { dynamoDb: database.endpoint }));
    await ensureTable(new DynamoDBClient({}), laptopTable, controlTable());
    return { keys: createKeys(laptopTable), close: () => database.close() };
  } catch (error) {
    await database.close();
    throw error;
  }
}

interface Database {
  endpoint: string;
  close(): Promise<void>;
}

function theirs(endpoint: string): Database {
  return { endpoint, close: async () => {} };
}

/** The database's lock is what tells for sure whether a server runs; the file may be an older one's. */
async function startOrFind(dataDirectory: string): Promise<Database> {
  const directory = join(dataDirectory, 'dynamodb');
  try {
    const emulators = await startEmulators({ dynamoDb: { directory } });
    return { endpoint: emulators.endpoints.dynamoDb ?? '', close: () => emulators.close() };
  } catch (error) {
    const endpoint = await readFile(endpointFile(dataDirectory), 'utf8').catch(() => '');
    if (endpoint === '') throw error;
    return theirs(endpoint);
  }
}

/** Notes where the database of a running server is, for those who need it beside the server. */
export async function noteEndpoint(dataDirectory: string, endpoint: string): Promise<void> {
  await makeFolder(dataDirectory);
  await writeFile(endpointFile(dataDirectory), endpoint, { mode: 0o600 });
}

function endpointFile(dataDirectory: string): string {
  return join(dataDirectory, 'dynamodb.url');
}
