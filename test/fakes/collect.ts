import type { AskEvent, DoneEvent, SourcesEvent } from '../../lib/rag/types.ts';

/** An answer whose events have all come, in the right order. */
export interface Collected {
  sources: SourcesEvent;
  text: string;
  deltas: string[];
  done: DoneEvent;
}

/** Reads an answer to its end. Throws what the answer throws, and for events that are out of order. */
export async function collect(events: AsyncIterable<AskEvent>): Promise<Collected> {
  const all: AskEvent[] = [];
  for await (const event of events) all.push(event);
  const [sources, done] = [all[0], all.at(-1)];
  const deltas = all.slice(1, -1).map((event) => {
    if (event.type !== 'delta') throw new Error(`A ${event.type} stands between sources and done.`);
    return event.text;
  });
  if (sources?.type !== 'sources' || done?.type !== 'done') throw new Error('No whole answer.');
  return { sources, text: deltas.join(''), deltas, done };
}

/** Reads an answer until it fails: what came before, and the failure. Throws if it does not fail. */
export async function collectFailure(
  events: AsyncIterable<AskEvent>,
): Promise<{ events: AskEvent[]; error: unknown }> {
  const seen: AskEvent[] = [];
  try {
    for await (const event of events) seen.push(event);
  } catch (error) {
    return { events: seen, error };
  }
  throw new Error('The answer did not fail.');
}
