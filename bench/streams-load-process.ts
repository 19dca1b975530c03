/**
 * Asks many questions and keeps their streams open, in a process of its own so that reading them takes nothing from what is
 * measured. It says once all are open, or have failed, and once all have ended; it ends with its parent.
 */
import { once } from 'node:events';
import { mapBounded } from '../lib/async/map-bounded.ts';
import { holdStream, type HeldStream } from './held-stream.ts';
import type { LoadOrder, LoadReport } from './streams-load.ts';

function report(message: LoadReport): void {
  process.send?.(message);
}

process.once('disconnect', () => process.exit());
report({ type: 'ready' });
const [{ url, questions, openingAtOnce, limitMs }] = (await once(process, 'message')) as [LoadOrder];
const signal = AbortSignal.timeout(limitMs);
const streams: Promise<HeldStream>[] = [];
await mapBounded(questions, { limit: openingAtOnce, signal }, (question) => {
  const { promise, resolve: opened } = Promise.withResolvers<void>();
  streams.push(holdStream(url, question, { signal, opened }));
  return promise;
});
report({ type: 'open' });
report({ type: 'ended', streams: await Promise.all(streams) });
