import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { createKeyStore } from '../../lib/dynamodb/keys.ts';
import { createKeyText } from '../../lib/rag/access/key-text.ts';
import type { ApiKey } from '../../lib/rag/ports/access.ts';
import { startLaptopCloud, type LaptopCloud } from '../../local/cloud.ts';
import { createClient } from '../http/client.ts';
import type { HttpTarget } from '../http/target.ts';
import type { CallLog } from '../wire/call-log.ts';
import { lexicalModel, lexicalVariables } from '../wire/lexical-model.ts';
import type { ChatBody, ModelScript } from '../wire/model-script.ts';
import { says } from '../wire/model-script.ts';
import { startModelWire } from '../wire/model-server.ts';

/** The local server with keys and one document, and the model behind it. */
export interface Scene {
  /** What clients are pointed at. */
  baseURL: string;
  /** A key that may ask. */
  apiKey: string;
  /** Makes another that may ask, with what the test says of it. */
  createKey: (more: Partial<ApiKey>) => Promise<string>;
  /** What the model was sent. */
  prompts: ChatBody[];
  /** The calls of the model, and what became of each. */
  calls: CallLog;
  /** A request to any route with a key. */
  send: (path: string, key: string, init?: RequestInit) => Promise<Response>;
  /** The tokens that are booked to a key with a budget, and how many of its questions are not settled. */
  booked: (key: string) => Promise<{ used: number; open: number }>;
  /** Has the model do this with the next answers; undefined is what it does by itself. */
  script: (chat: ModelScript['chat'] | undefined) => void;
  close(): Promise<void>;
}

const tenant = 'somebody';

/** The model that searches the collection of the document. */
export const model = 'raglan/clients';

/** What the document answers, and how. */
export const question = 'How many metres high is the Raglan lighthouse?';
export const answer = 'The Raglan lighthouse is 31 metres high. [1]';

/** Starts it in memory, in this process. One a process. */
export async function startScene(environment: { ANSWER_LOG?: 'off' } = {}): Promise<Scene> {
  const prompts: ChatBody[] = [];
  let chat: ModelScript['chat'] | undefined;
  const wire = await startModelWire({
    ...lexicalModel,
    chat: (body) => {
      prompts.push(body);
      return (chat ?? lexicalModel.chat)(body);
    },
  });
  const cloud = await startLaptopCloud({
    port: 0,
    environment: {
      ...lexicalVariables(wire.baseUrl),
      AUTH: 'keys',
      ...environment,
    },
    onFailure: () => {},
  });
  const close = async () => {
    await cloud.close(5_000);
    await wire.close();
  };
  const keys = createKeyStore(cloud.clients.dynamoDb, cloud.environment.CONTROL_TABLE);
  const createKey: Scene['createKey'] = async (more) => {
    const { text, id, secretHash } = createKeyText(tenant);
    const key: ApiKey = {
      ...{ id, tenant, name: 'a test', scopes: ['ask'], createdAt: new Date().toISOString() },
      ...more,
    };
    await keys.create(key, secretHash, { signal: AbortSignal.timeout(5_000) });
    return text;
  };
  const send: Scene['send'] = (path, key, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${key}`);
    return fetch(`${cloud.url}${path}`, { ...init, headers });
  };
  const writing = await createKey({ scopes: ['ask', 'write'] });
  await putLighthouse((path, init) => send(path, writing, init), close);
  return {
    ...{ baseURL: `${cloud.url}/v1`, apiKey: await createKey({}), createKey, prompts, calls: wire.log, send },
    booked: (key) => bookedTo(key, cloud),
    script: (next) => void (chat = next),
    close,
  };
}

async function putLighthouse(fetch: HttpTarget['fetch'], close: () => Promise<void>): Promise<void> {
  const client = createClient({ fetch, hasPlatform: true, close }, 'clients');
  const text = '# Lighthouse\n\nThe Raglan lighthouse is 31 metres high.\n';
  await client.put('lighthouse.md', text, 'text/markdown');
  await client.becomes('lighthouse.md', 'ready');
}

/** Reads the budget's items as they are stored, whichever month it is. */
async function bookedTo(key: string, { clients, environment }: LaptopCloud) {
  const [, , id = ''] = key.split('_');
  const scan = new ScanCommand({
    TableName: environment.CONTROL_TABLE,
    ConsistentRead: true,
    FilterExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: `budget#${id}` } },
  });
  const { Items = [] } = await clients.dynamoDb.send(scan, { abortSignal: AbortSignal.timeout(5_000) });
  return {
    used: Items.reduce((sum, { used }) => sum + Number(used?.N ?? 0), 0),
    open: Items.flatMap(Object.keys).filter((name) => name.startsWith('r#')).length,
  };
}

/** A model that says a little and then breaks off, late enough for what it said to have been read. */
export const cutShort: ModelScript['chat'] = () => ({
  ...says('The Raglan ', 'lighthouse '),
  textMs: 300,
  end: 'cut',
});

/** Everything that a stream brings. */
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
