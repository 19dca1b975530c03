import { expect, it } from 'vitest';
import { replayText } from '../../../../lib/rag/cache/replay.ts';

const replayed = (text: string) => Array.from(replayText(text), (event) => event.text);

it('a cached text comes word by word, and is the same as a whole', () => {
  expect(replayed('Paint it\n\nred [1].')).toEqual(['Paint', ' it', '\n\nred', ' [1].']);
  const long = 'x'.repeat(900);
  for (const text of [' leads', 'trails \n', `${long} ${long}`, ' \n', '']) {
    expect(replayed(text).join('')).toBe(text);
  }
  expect(Math.max(...replayed(long).map(({ length }) => length))).toBe(400);
});
