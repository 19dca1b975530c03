import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../lib/async/map-bounded.ts';
import { createChunkStore } from '../lib/dynamodb/chunks.ts';
import { createDynamoDb } from '../lib/dynamodb/client.ts';
import { createKeywordIndex } from '../lib/dynamodb/postings.ts';
import { chunkIndexName, knowledgeTable } from '../lib/dynamodb/tables.ts';
import type { RetrieveDependencies } from '../lib/rag/retrieve/retrieve.ts';
import type { Scope } from '../lib/rag/types.ts';
import { startEmulators } from '../local/emulators/start.ts';
import { ensureTable } from '../local/provision/tables.ts';
import type { ScifactDocument } from './scifact.ts';

/** The scope that the documents are put in. */
export const scope: Scope = 'default/scifact';

const embedding = { model: 'all-minilm-l6-v2', dimensions: 384 };
const table = 'scifact';
const version = 'v1';
const revision = 1;

/** Documents written at once. */
const chunksInPut = 250;
const postingsAtOnce = 16;

export interface Stores extends RetrieveDependencies {
  client: DynamoDBClient;
  close(): Promise<void>;
}

/** The stores that serve, over a local DynamoDB in a process of its own. */
export async function startStores(): Promise<Stores> {
  const emulators = await startEmulators({ dynamoDb: {} });
  // The adapters find it as they find AWS.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_DYNAMODB: emulators.endpoints.dynamoDb,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
  });
  delete process.env['AWS_PROFILE'];
  const client = createDynamoDb();
  await ensureTable(client, table, knowledgeTable(embedding));
  return {
    client,
    chunks: createChunkStore(client, { table, index: chunkIndexName(embedding) }),
    keywords: createKeywordIndex(client, table),
    close: async () => {
      client.destroy();
      await emulators.close();
    },
  };
}

/** Writes every document as one chunk with its vector, and its postings, through the adapters of ingestion. */
export async function loadDocuments(
  { chunks, keywords }: RetrieveDependencies,
  documents: readonly ScifactDocument[],
  onProgress: (done: number) => void,
): Promise<void> {
  const { signal } = new AbortController();
  for (let at = 0; at < documents.length; at += chunksInPut) {
    const pairs = documents.slice(at, at + chunksInPut).map(({ vector, ...document }) => ({
      chunk: toChunk(document),
      vector,
    }));
    await Promise.all([
      chunks.put({ scope, revision }, pairs, { signal }),
      mapBounded(pairs, { limit: postingsAtOnce, signal }, ({ chunk }, _, signal) =>
        keywords.put({ scope, document: chunk.document, version, revision }, [chunk], { signal }),
      ),
    ]);
    onProgress(at + pairs.length);
  }
}

function toChunk({ id, title, text }: Omit<ScifactDocument, 'vector'>) {
  return { document: id, version, number: 0, title, text, headings: [] };
}
