import { join } from 'node:path';
import type { LaptopCloud } from '../local/cloud.ts';
import { readProjectDocs } from '../local/documents/folder.ts';
import { followIngestion } from '../local/documents/ingestion.ts';
import { syncDocuments } from '../local/documents/sync.ts';

/** Brings our own documentation into a laptop cloud as `npm start` does. Throws if not all of it becomes ready. */
export async function loadOwnDocumentation(cloud: LaptopCloud): Promise<void> {
  const { clients, url, queueUrl, environment } = cloud;
  const signal = AbortSignal.timeout(5 * 60_000);
  const folder = await readProjectDocs(join(import.meta.dirname, '..'));
  const store = { s3: clients.s3, bucket: environment.DOCUMENTS_BUCKET };
  const { put } = await syncDocuments(store, { ...folder, states: new Map() }, signal);
  const server = { url, sqs: clients.sqs, queueUrl };
  const { failed } = await followIngestion(server, put, { onProgress: () => {}, signal });
  if (failed.length > 0) {
    throw new Error(`Not ingested: ${failed.map(({ id, reason }) => `${id} (${reason})`).join(', ')}`);
  }
}
