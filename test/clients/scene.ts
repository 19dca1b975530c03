import { startLaptopCloud } from '../../local/cloud.ts';
import { createClient } from '../http/client.ts';
import { lexicalDimensions, lexicalModel } from '../wire/lexical-model.ts';
import type { ChatBody, ModelScript } from '../wire/model-script.ts';
import { says } from '../wire/model-script.ts';
import { startModelWire } from '../wire/model-server.ts';

/** The local server with one document, and the model behind it. */
export interface Scene {
  /** What clients are pointed at. */
  baseURL: string;
  /** What the model was sent. */
  prompts: ChatBody[];
  /** Has the model do this with the next answers; undefined is what it does by itself. */
  script: (chat: ModelScript['chat'] | undefined) => void;
  close(): Promise<void>;
}

/** The model that searches the collection of the document. */
export const model = 'raglan/clients';

/** What the document answers, and how. */
export const question = 'How many metres high is the Raglan lighthouse?';
export const answer = 'The Raglan lighthouse is 31 metres high. [1]';

/** Starts it in memory, in this process. One a process. */
export async function startScene(): Promise<Scene> {
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
      OPENAI_BASE_URL: wire.baseUrl,
      OPENAI_API_KEY: 'wire',
      CHAT_MODEL: 'lexical',
      EMBEDDING_MODEL: 'lexical-words',
      EMBEDDING_DIMENSIONS: String(lexicalDimensions),
    },
    onFailure: () => {},
  });
  const close = async () => {
    await cloud.close(5_000);
    await wire.close();
  };
  const fetchFrom = (path: string, init?: RequestInit) => fetch(`${cloud.url}${path}`, init);
  const client = createClient({ fetch: fetchFrom, hasPlatform: true, close }, 'clients');
  await client.put(
    'lighthouse.md',
    '# Lighthouse\n\nThe Raglan lighthouse is 31 metres high.\n',
    'text/markdown',
  );
  await client.becomes('lighthouse.md', 'ready');
  return { baseURL: `${cloud.url}/v1`, prompts, script: (next) => (chat = next), close };
}

/** A model that says a little and then breaks off. */
export const cutShort: ModelScript['chat'] = () => ({ ...says('The Raglan ', 'lighthouse '), end: 'cut' });

/** A model that takes its time for many words. */
export const slow: ModelScript['chat'] = () => ({
  ...says(...Array.from({ length: 100 }, (_, n) => `word${n} `)),
  textMs: 10,
});

/** Everything that a stream brings. */
export async function all<T>(stream: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of stream) items.push(item);
  return items;
}
