import type { StreamEvent } from '../ports/answer-log.ts';

/** Whether nothing comes after an event. */
export function isEnd({ type }: StreamEvent): boolean {
  return type === 'done' || type === 'error';
}
