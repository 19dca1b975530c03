import type { DocumentEvents } from '../../lib/rag/ports/originals.ts';
import type { Calls } from './calls.ts';

/** A queue in memory; what was sent stands in `sent`. */
export function createFakeEvents(calls: Calls): DocumentEvents & { sent: string[] } {
  const sent: string[] = [];
  return {
    sent,
    replay: (key, { signal }) =>
      calls.take('events.replay', key, signal, () => void sent.push(`${key.scope}/${key.id}`)),
  };
}
