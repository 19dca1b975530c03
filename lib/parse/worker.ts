import { parentPort, workerData } from 'node:worker_threads';
import { chunkBlocks } from '../rag/ingest/chunking.ts';
import { toFailure } from './failure.ts';
import { parseDocument } from './parse.ts';
import { lots, type Job, type Reply } from './protocol.ts';

/** Entry of the worker's thread: one document, then the end. */
const { bytes, contentType } = workerData as Job;

async function run(): Promise<void> {
  const { title, blocks } = await parseDocument(bytes, contentType);
  for (const passages of lots(chunkBlocks(blocks))) {
    send({ type: 'passages', passages });
    await new Promise((resolve) => parentPort?.once('message', resolve));
  }
  send({ type: 'done', ...(title !== undefined && { title }) });
}

function send(reply: Reply): void {
  parentPort?.postMessage(reply);
}

try {
  await run();
} catch (error) {
  send({ type: 'failed', failure: toFailure(error) });
}
