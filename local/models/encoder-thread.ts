import { Worker } from 'node:worker_threads';
import type { EncodeReply, EncodeRequest } from './encoder-worker.ts';

/** One worker thread with the model in it, which takes one text at a time. */
export interface EncoderThread {
  /** Settles when the thread can take texts; rejects if it cannot load the model. */
  ready: Promise<void>;
  /** The text's unit vector. Not to be called again before it settles. Rejects if the thread dies. */
  encode(text: string): Promise<Float32Array>;
  close(): Promise<void>;
}

type Waiter<Value> = PromiseWithResolvers<Value> | undefined;

/** Starts a thread at once; loading the model takes about half a second, off the event loop. */
export function startEncoderThread(): EncoderThread {
  const worker = new Worker(new URL('./encoder-worker.ts', import.meta.url));
  const loading = Promise.withResolvers<void>();
  let current: Waiter<Float32Array>;
  let death: Error | undefined;

  const settle = (): Waiter<Float32Array> => {
    const waiter = current;
    current = undefined;
    return waiter;
  };
  const die = (error: Error): void => {
    death ??= error;
    loading.reject(death);
    settle()?.reject(death);
  };
  worker.on('message', (reply: EncodeReply) => {
    if ('ready' in reply) loading.resolve();
    else if ('vector' in reply) settle()?.resolve(reply.vector);
    else settle()?.reject(new Error(reply.failure));
  });
  worker.on('error', (error) => die(new Error('The embedding thread failed.', { cause: error })));
  // A hard abort of the WebAssembly engine can end the thread without an `error` event.
  worker.on('exit', () => die(new Error('The embedding thread ended.')));

  return {
    ready: loading.promise,
    async encode(text) {
      if (death) throw death;
      current = Promise.withResolvers();
      worker.postMessage({ text } satisfies EncodeRequest);
      return current.promise;
    },
    async close() {
      await worker.terminate();
    },
  };
}
