import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../lib/async/map-bounded.ts';
import { createChunkStore } from '../lib/dynamodb/chunks.ts';
import { createDynamoDb } from '../lib/dynamodb/client.ts';
import { createKeywordIndex } from '../lib/dynamodb/postings.ts';
import { chunkIndexName, knowledgeTable } from '../lib/dynamodb/tables.ts';
import type { EmbeddedChunk } from '../lib/rag/ports/knowledge.ts';
import type { RetrieveDependencies } from '../lib/rag/retrieve/retrieve.ts';
import type { Scope } from '../lib/rag/types.ts';
import { startDynamoDb } from '../local/emulators/dynamodb.ts';
import { ensureTable } from '../local/provision/tables.ts';
import type { ScifactDocument } from './scifact.ts';

/** The scope that the documents are put in. */
export const scope: Scope = 'default/scifact';

const embedding = { model: 'all-minilm-l6-v2', dimensions: 384 };
const table = 'scifact';
/** The one version that every document has. */
export const version = 'v1';
const revision = 1;

/** Documents written at once. */
const documentsInPut = 250;
const postingsAtOnce = 16;

/** A document as it is written: all of its chunks, of `version`. */
export interface EmbeddedDocument {
  id: string;
  chunks: readonly EmbeddedChunk[];
}

export interface Stores extends RetrieveDependencies {
  client: DynamoDBClient;
  close(): Promise<void>;
}

/** The stores that serve, over a local DynamoDB in a process of its own. */
export async function startStores(): Promise<Stores> {
  const dynamoDb = await startDynamoDb();
  const client = createDynamoDb();
  await ensureTable(client, table, knowledgeTable(embedding));
  return {
    client,
    chunks: createChunkStore(client, { table, index: chunkIndexName(embedding) }),
    keywords: createKeywordIndex(client, table),
    close: async () => {
      client.destroy();
      await dynamoDb.close();
    },
  };
}

/** Writes documents, each with all of its chunks, and their postings through the adapters of ingestion. */
export async function loadDocuments(
  { chunks, keywords }: RetrieveDependencies,
  documents: readonly EmbeddedDocument[],
  onProgress: (done: number) => void,
): Promise<void> {
  const { signal } = new AbortController();
  for (let at = 0; at < documents.length; at += documentsInPut) {
    const some = documents.slice(at, at + documentsInPut);
    await Promise.all([
      chunks.put(
        { scope, revision },
        some.flatMap((document) => document.chunks),
        { signal },
      ),
      mapBounded(some, { limit: postingsAtOnce, signal }, (document, _, signal) => {
        const passages = document.chunks.map(({ chunk }) => chunk);
        return keywords.put({ scope, document: document.id, version, revision }, passages, { signal });
      }),
    ]);
    onProgress(at + some.length);
  }
}

/** An abstract as one chunk, with the vector given. */
export function toDocument({ id, title, text, vector }: ScifactDocument): EmbeddedDocument {
  const chunk = { document: id, version, number: 0, title, text, headings: [] };
  return { id, chunks: [{ chunk, vector }] };
}
