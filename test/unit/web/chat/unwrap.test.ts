import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { unwrap } from '../../../../web/chat/unwrap.ts';

/** Breaks a text as editors and formatters do, where the next word has no room; further lines are indented. */
function wrap(text: string, width: number, indent = ''): string {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines.join(`\n${indent}`);
}

const prose =
  'A form is a paper that stays valid for five minutes after it was made, and whoever loses one has to ask for another ' +
  'in the hall of the house, where five clerks are there all day to make it out anew without asking for anything else.';

it.each([72, 80, 120])('puts a paragraph together that was wrapped at %i characters', (width) => {
  const [paragraph, point] = [wrap(prose, width), `- ${wrap(prose, width - 2, '  ')}`];
  expect(unwrap(`${paragraph}\n\n${point}\n${point}`)).toBe(`${prose}\n\n- ${prose}\n- ${prose}`);
});

it('puts every paragraph together that was wrapped', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 40, maxLength: 80 }),
      fc.integer({ min: 72, max: 120 }),
      (words, width) => {
        expect(unwrap(wrap(words.join(' '), width))).toBe(words.join(' '));
      },
    ),
  );
});

it('puts together what was wrapped before its links lost their addresses, or its words were changed', () => {
  const edited =
    'A chunk aims at 1,000 characters, with title and headings about 200 tokens (measured),\n' +
    'and lies under one heading; its vector is made of the title,\n' +
    "the headings above it and its text. A table that has its header repeated is no exception;\nit's a table.";
  expect(unwrap(edited)).toBe(edited.replaceAll('\n', ' '));
});

const longRow = `Presigned form | 100 | ${'The bucket refuses the form and says so. '.repeat(3)}`;

it.each([
  ['a table', `Name | Limit | What happens above it\n${longRow}\nPassage | 0.05 | It is cut`],
  [
    'code',
    `async function upload(path: string) {\n  const body = await readFile(path, { signal: AbortSignal.timeout(30_000) })\n  return body\n}`,
  ],
  [
    'code that is not indented',
    `const first = await readFile(path, { signal: AbortSignal.timeout(30_000) });\nawait second(first);`,
  ],
  [
    'settings',
    'export AWS_REGION=eu-central-1 KNOWLEDGE_TABLE=knowledge OPENAI_API_KEY=key\n' +
      'export AWS_ENDPOINT_URL_DYNAMODB=https://dynamodb.amazonaws.com\nnpm run reindex',
  ],
  ['commands', 'npm ci\nnpm run bench -- --seconds 30 --concurrency 64 --what everything\nnpm start\nls'],
  [
    'a continued command',
    `curl --data-binary @some-file-with-a-long-name.md https://example.com \\\n-H "x: y"`,
  ],
  ['an address', 'Raglan\nBahnhofstrasse 1\nZürich'],
  ['a heading', `# One\n${prose}`],
  ['a list', '1. a\n2. b\n- c\n  - d'],
  ['a quotation', `> a\n> b`],
])('keeps the lines of %s', (_, text) => {
  expect(unwrap(`Before\n\n${text}\n\nAfter`)).toBe(`Before\n\n${text}\n\nAfter`);
});
