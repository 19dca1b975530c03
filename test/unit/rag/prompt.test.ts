import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { buildPrompt } from '../../../lib/rag/prompt.ts';
import { question } from '../../fakes/world.ts';

/** Everything that reads as the start or the end of a source, however it is spelled. */
const sourceTag = /<\s*(\/?)\s*source\b/gi;

function chunk(text: string, more: { title?: string; headings?: string[] } = {}) {
  return { document: 'd', version: 'v', number: 0, title: 't', headings: [], text, ...more };
}

/** The tags of a prompt's sources, in order. */
function tags(content: string): string[] {
  return Array.from(content.matchAll(sourceTag), ([, slash]) => (slash ? 'end' : 'start'));
}

const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '/',
        'source',
        'SOURCE',
        ' ',
        '\n',
        '"',
        '</source>',
        '<source n="1">',
        '< / source>',
      ),
      fc.string({ maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

it('no text, title or heading of a document ends its source or begins another', () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (text, title, heading) => {
      const chunks = [chunk(text, { title, headings: [heading] }), chunk('two')];
      const { content } = buildPrompt(question('why?'), chunks).at(-1)!;
      expect(tags(content)).toEqual(['start', 'end', 'start', 'end']);
    }),
    { numRuns: 1_000 },
  );
});

it('puts instructions first, then earlier turns, then numbered sources and the question', () => {
  const history = [
    { role: 'user', content: 'before?' },
    { role: 'assistant', content: 'yes' },
  ] as const;
  const messages = buildPrompt(question('why?', { history }), [chunk('one'), chunk('two & <b>')]);
  expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
  const last = messages.at(-1)!.content;
  expect(last).toMatch(/<source n="1"[^>]*>\none\n<\/source>\n<source n="2"[^>]*>\ntwo & <b>\n<\/source>/);
  expect(last.endsWith('Question: why?')).toBe(true);
});

it('names the page of a source that has one', () => {
  const { content } = buildPrompt(question('why?'), [{ ...chunk('one'), page: 7 }]).at(-1)!;
  expect(content).toContain('page="7"');
});
