import type { AskEvent } from '../types.ts';

/** The events of an answer as one: its text as `answer`, and what `sources` and `done` tell. Throws what they throw. */
export async function collectAnswer(events: AsyncIterable<AskEvent>): Promise<Record<string, unknown>> {
  let answer = '';
  const fields: Record<string, unknown> = {};
  for await (const { type, ...event } of events) {
    if (type === 'delta' && 'text' in event) answer += event.text;
    else Object.assign(fields, event);
  }
  return { answer, ...fields };
}
