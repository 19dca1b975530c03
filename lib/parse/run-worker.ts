import { Worker } from 'node:worker_threads';
import type { CutDocument, Passage } from '../rag/ports/originals.ts';
import { fromFailure, tooComplex } from './failure.ts';
import type { Job, Reply } from './protocol.ts';

/** How much one document may take. */
export interface ParseLimits {
  /** JavaScript heap of the worker, in MiB; the document's bytes are outside of it. */
  heapMib: number;
  /** From start to result. */
  wallMs: number;
}

/** In a bundle the worker is a second file beside the first; from sources it is the source. */
const workerFile = import.meta.url.endsWith('.ts') ? './worker.ts' : './parse-worker.mjs';
const workerUrl = new URL(workerFile, import.meta.url);

/**
 * Reads and cuts one document in a thread of its own, which has ended when this settles. Takes the bytes away from the caller.
 * Throws RagError as `Parser.parse` does, and the signal's reason when it aborts.
 */
export async function runWorker(job: Job, limits: ParseLimits, signal: AbortSignal): Promise<CutDocument> {
  signal.throwIfAborted();
  const worker = startWorker(job, limits.heapMib);
  try {
    return await result(worker, limits.wallMs, signal);
  } finally {
    await worker.terminate();
  }
}

function startWorker(job: Job, heapMib: number): Worker {
  const worker = new Worker(workerUrl, {
    workerData: job,
    transferList: [job.bytes.buffer as ArrayBuffer],
    resourceLimits: { maxOldGenerationSizeMb: heapMib },
    // Documents come from anyone: what reads them has no secrets at hand, and what it prints may quote them.
    env: {},
    execArgv: [],
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}

function result(worker: Worker, wallMs: number, signal: AbortSignal): Promise<CutDocument> {
  const { promise, resolve, reject } = Promise.withResolvers<CutDocument>();
  const passages: Passage[] = [];
  const abort = (): void => reject(signal.reason);
  const timer = setTimeout(() => reject(fromFailure(tooComplex('reading it took too long'))), wallMs);
  signal.addEventListener('abort', abort, { once: true });
  worker.on('message', (reply: Reply) => {
    if (reply.type === 'passages') {
      passages.push(...reply.passages);
      worker.postMessage('more');
    } else if (reply.type === 'done') {
      resolve({ ...(reply.title !== undefined && { title: reply.title }), passages });
    } else reject(fromFailure(reply.failure));
  });
  worker.on('error', (error: NodeJS.ErrnoException) => reject(toEndError(error)));
  worker.on('exit', () => reject(new Error('The worker ended without a result.')));
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener('abort', abort);
  });
}

function toEndError(error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ERR_WORKER_OUT_OF_MEMORY') return error;
  return fromFailure(tooComplex('it needs more memory than one document may take'));
}
