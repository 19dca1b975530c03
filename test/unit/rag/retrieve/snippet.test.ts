import { expect, it } from 'vitest';
import { toSources } from '../../../../lib/rag/retrieve/context.ts';
import type { Hit } from '../../../../lib/rag/types.ts';

function snippetOf(text: string): string {
  const hit: Hit = {
    document: 'a.md',
    version: 'v1',
    number: 0,
    title: 'A',
    text,
    headings: [],
    score: 1,
  };
  return toSources([hit], new Map())[0]?.snippet ?? '';
}

it.each([
  ['a short passage whole, its white space counted once', ' One\n\ntwo   three \n', 'One two three'],
  ['240 characters whole', 'x'.repeat(240), 'x'.repeat(240)],
  ['a longer one with an ellipsis in 240 characters', 'x'.repeat(241), `${'x'.repeat(239)}…`],
  ['no half of a character', `${'x'.repeat(239)}😀${'y'.repeat(9)}`, `${'x'.repeat(239)}…`],
  [
    'a passage that begins with much white space',
    `${' '.repeat(900)}${'x'.repeat(300)}`,
    `${'x'.repeat(59)}…`,
  ],
])('a snippet shows %s', (_, text, snippet) => {
  expect(snippetOf(text)).toBe(snippet);
});
