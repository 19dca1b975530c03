import type { DeltaEvent } from '../types.ts';

/** A cached text word by word, as a live one comes. */
export function* replayText(text: string): Generator<DeltaEvent, void> {
  for (const [word] of text.matchAll(/\s*\S{1,400}|\s+$/g)) yield { type: 'delta', text: word };
}
