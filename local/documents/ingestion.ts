import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { delay } from '../../lib/async/delay.ts';
import { readStates, type DocumentView } from './states.ts';
import type { Put } from './sync.ts';

const pollMs = 250;

/** For how many polls the queue has to be empty before what is not ready by then counts as given up: three seconds. */
const quietPolls = 12;

/** How far the ingestion of what was put has come. */
export interface Progress {
  done: number;
  total: number;
  /** Work done of all, 0 to 1, by bytes, with the passages of documents at work counted in. */
  fraction: number;
}

/** How it ended for each document that was put. */
export interface IngestionResult {
  ready: string[];
  failed: { id: string; reason: string }[];
}

/**
 * Follows the documents that were put, through the server's own list, until each is ready or has failed. A document
 * whose event is gone from the queue without either counts as failed too, so that this always comes to an end.
 */
export async function followIngestion(
  server: { url: string; key?: string; sqs: SQSClient; queueUrl: string },
  put: ReadonlyMap<string, Put>,
  { onProgress, signal }: { onProgress: (progress: Progress) => void; signal: AbortSignal },
): Promise<IngestionResult> {
  for (let quiet = 0; ;) {
    const states = await readStates(server.url, signal, server.key);
    const progress = toProgress(states, put);
    onProgress(progress);
    quiet = (await isEmpty(server, signal)) ? quiet + 1 : 0;
    if (progress.done === progress.total || quiet >= quietPolls) return toResult(states, put);
    await delay(pollMs, { signal });
  }
}

/** A state from before the put is that of the version before. */
function isSettled(document: DocumentView | undefined, putAt: string): boolean {
  if (document?.state !== 'ready' && document?.state !== 'failed') return false;
  return document.updatedAt >= putAt;
}

function toProgress(states: ReadonlyMap<string, DocumentView>, put: ReadonlyMap<string, Put>): Progress {
  let done = 0;
  let doneBytes = 0;
  let allBytes = 0;
  for (const [id, { at, bytes }] of put) {
    const document = states.get(id);
    allBytes += bytes;
    if (isSettled(document, at)) {
      done += 1;
      doneBytes += bytes;
    } else if (document?.state === 'embedding' && document.chunks > 0) {
      doneBytes += bytes * Math.min(1, document.chunksDone / document.chunks);
    }
  }
  return { done, total: put.size, fraction: allBytes === 0 ? 1 : doneBytes / allBytes };
}

function toResult(states: ReadonlyMap<string, DocumentView>, put: ReadonlyMap<string, Put>): IngestionResult {
  const result: IngestionResult = { ready: [], failed: [] };
  for (const id of put.keys()) {
    const document = states.get(id);
    if (document?.state === 'ready') result.ready.push(id);
    else
      result.failed.push({ id, reason: document?.reason?.message ?? 'It was given up after several tries.' });
  }
  return result;
}

async function isEmpty({ sqs, queueUrl }: { sqs: SQSClient; queueUrl: string }, signal: AbortSignal) {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...names] });
  const { Attributes = {} } = await sqs.send(command, { abortSignal: signal });
  return names.every((name) => Number(Attributes[name]) === 0);
}
