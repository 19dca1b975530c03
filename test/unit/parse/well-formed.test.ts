import { expect, it } from 'vitest';
import type { ContentType } from '../../../lib/parse/content-types.ts';
import { parsed } from './parsing.ts';

const half = '\\ud83d';

it.each<[ContentType, string]>([
  [
    'application/json',
    `{"about${half}": {"title": "Tides${half}", "text": "${half}${'high and low '.repeat(99)}"}}`,
  ],
  ['application/jsonl', `{"text": "one ${half}"}\n{"text": "two ${half}"}`],
  ['text/html', '<title>T&#xD83D;</title><h1>Tides &#xD83D;</h1><p>High &#xDE00; and low.</p>'],
  ['text/markdown', '# Tides &#xD83D;\n\nHigh &#xDE00; and low.\n'],
])('half a surrogate pair in %s comes to no text, heading or title', async (contentType, source) => {
  const { title = '', blocks } = await parsed(source, contentType);
  const texts = [title, ...blocks.flatMap(({ text, headings }) => [text, ...headings])];
  expect(texts.filter((text) => !text.isWellFormed())).toEqual([]);
  expect(texts.join('')).toContain('\uFFFD');
});

it('a title is cut to 200 characters, also amid a pair', async () => {
  const { title } = await parsed(`<title>${'a'.repeat(199)}😀</title><p>Text.</p>`, 'text/html');
  expect(title).toBe(`${'a'.repeat(199)}\uFFFD`);
});
