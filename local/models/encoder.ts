import { availableParallelism } from 'node:os';
import { startEncoderThread } from './encoder-thread.ts';
import type { EncoderThread } from './encoder-thread.ts';
import { overloaded } from './errors.ts';

/** A `question` has someone waiting and goes before the rest of every `batch`. */
export type Lane = 'question' | 'batch';

/** Texts to unit vectors of all-MiniLM-L6-v2 (384 numbers), in worker threads. */
export interface Encoder {
  /**
   * One vector a text, in order. When the signal aborts, texts not yet begun are dropped. Throws ApiError 503 when more
   * than 8,192 texts would wait. The model reads the first 256 word pieces of a text and no more.
   */
  encode(texts: readonly string[], options: { lane: Lane; signal: AbortSignal }): Promise<Float32Array[]>;
  close(): Promise<void>;
}

const maxWaitingTexts = 8_192;
/** A thread that dies is replaced; this many deaths with no text done between them mean it never will work. */
const maxDeaths = 3;

interface Job {
  texts: readonly string[];
  vectors: Float32Array[];
  /** Index of the next text to begin. */
  next: number;
  done: number;
  finish: PromiseWithResolvers<Float32Array[]>;
}

/** Starts one thread a core; texts sent before the threads are ready wait for them. */
export function createEncoder(threads = availableParallelism()): Encoder {
  const lanes: Record<Lane, Set<Job>> = { question: new Set(), batch: new Set() };
  const running = new Set<EncoderThread>();
  const idle: EncoderThread[] = [];
  let waiting = 0;
  let deaths = 0;
  let closed = false;

  const drop = (job: Job, reason: unknown): void => {
    if (lanes.question.delete(job) || lanes.batch.delete(job)) waiting -= job.texts.length - job.next;
    job.finish.reject(reason);
  };
  const dropAll = (reason: unknown): void => {
    for (const job of [...lanes.question, ...lanes.batch]) drop(job, reason);
  };
  const take = (): { job: Job; index: number } | undefined => {
    for (const lane of [lanes.question, lanes.batch]) {
      const [job] = lane;
      if (!job) continue;
      const index = job.next++;
      waiting--;
      if (job.next === job.texts.length) lane.delete(job);
      return { job, index };
    }
    return undefined;
  };

  const work = (thread: EncoderThread): void => {
    const task = take();
    if (!task) {
      idle.push(thread);
      return;
    }
    const { job, index } = task;
    thread.encode(job.texts[index] ?? '').then(
      (vector) => {
        deaths = 0;
        job.vectors[index] = vector;
        if (++job.done === job.texts.length) job.finish.resolve(job.vectors);
        work(thread);
      },
      (error: unknown) => {
        drop(job, error);
        replace(thread, error);
      },
    );
  };
  const start = (): void => {
    const thread = startEncoderThread();
    running.add(thread);
    thread.ready.then(
      () => work(thread),
      (error: unknown) => replace(thread, error),
    );
  };
  const replace = (thread: EncoderThread, error: unknown): void => {
    if (!running.delete(thread) || closed) return;
    thread.close().catch(() => undefined);
    if (++deaths < maxDeaths * threads) start();
    else if (running.size === 0) dropAll(error);
  };
  for (let n = 0; n < Math.max(1, threads); n++) start();

  return {
    async encode(texts, { lane, signal }) {
      signal.throwIfAborted();
      if (texts.length === 0) return [];
      if (running.size === 0) throw new Error('The embedding threads do not run.');
      if (waiting + texts.length > maxWaitingTexts) throw overloaded('texts');
      const job: Job = { texts, vectors: [], next: 0, done: 0, finish: Promise.withResolvers() };
      const leave = (): void => drop(job, signal.reason);
      signal.addEventListener('abort', leave, { once: true });
      lanes[lane].add(job);
      waiting += texts.length;
      for (const thread of idle.splice(0, texts.length)) work(thread);
      try {
        return await job.finish.promise;
      } finally {
        signal.removeEventListener('abort', leave);
      }
    },
    async close() {
      closed = true;
      dropAll(new Error('The model was closed.'));
      await Promise.all([...running].map((thread) => thread.close()));
      running.clear();
    },
  };
}
