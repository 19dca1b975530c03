import { expect, it } from 'vitest';
import type { Source } from '../../../../lib/rag/types.ts';
import { addressOf, placeOf, toPlainAnswer } from '../../../../web/chat/plain-answer.ts';
import { newTurn } from '../../../../web/chat/turn.ts';

const source = (n: number, uri: string): Source => ({
  ...{ n, uri, document: `d${n}.md`, title: `Title ${n}`, headings: [`Title ${n}`, 'Part'] },
  ...{ line: 7, chunk: 0, score: 1, snippet: '' },
});
const end = {
  ...{ finishReason: 'stop' as const, citations: [1, 2], servedBy: 'm', degraded: [] },
  usage: { promptTokens: 0, completionTokens: 0 },
  timing: { steps: {}, firstTokenMs: 1, totalMs: 2 },
};

it('is the text with the sources that it cites, and where they are', () => {
  const sources = [source(1, 'https://example.com/a'), source(2, 's3://bucket/b'), source(3, '')];
  expect(toPlainAnswer({ ...newTurn('Why?'), text: 'So. [1][2]\n', sources, end })).toBe(
    'So. [1][2]\n\nSources:\n' +
      '[1] Title 1, Part, line 7 (https://example.com/a)\n[2] Title 2, Part, line 7 (d2.md)\n',
  );
});

it('is the text alone where nothing is cited', () => {
  expect(toPlainAnswer({ ...newTurn('Why?'), text: 'No.', sources: [source(1, '')] })).toBe('No.');
});

it('names a page before a line, and headings below the title', () => {
  expect(placeOf({ title: 'A', headings: ['A', 'B', 'C'], page: 3, line: 9 })).toBe('B › C, page 3');
  expect(placeOf({ title: 'A', headings: ['B'] })).toBe('B');
  expect(placeOf({ title: 'A', headings: [] })).toBe('');
});

it.each(['javascript:alert(1)', 's3://bucket/a', 'data:text/html,x', 'https://', '', '/a'])(
  'takes %j for no address that a browser can go to',
  (uri) => {
    expect(addressOf(uri)).toBeUndefined();
  },
);
