import type { StreamEvent } from '../rag/ports/answer-log.ts';

/** Events as they are stored: most of them are pieces of text, which stand for themselves. */
export function toEventsText(events: readonly StreamEvent[]): string {
  return JSON.stringify(events.map((event) => (event.type === 'delta' ? event.text : event)));
}

/** The same events again, their fields in the order that they had. */
export function fromEventsText(text: string): StreamEvent[] {
  const events = JSON.parse(text) as (string | StreamEvent)[];
  return events.map((event) => (typeof event === 'string' ? { type: 'delta', text: event } : event));
}
