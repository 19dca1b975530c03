import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passageTerms, questionTerms } from '../../../../lib/rag/retrieve/terms.ts';

const passage = (text: string) => passageTerms({ number: 0, title: '', headings: [], text });

describe('words', () => {
  it.each([
    ['in any form are one', 'Connections, connected: CONNECTING!', ['connect', 'connect', 'connect']],
    ['that say nothing are left out', 'What is the cause of it, and why?', ['caus']],
    ['lose what stands behind an apostrophe', "The valve’s state isn't known", ['valv', 'state', 'known']],
    [
      'in other letters stay as they are',
      'Die Größen der Ventile, été',
      ['die', 'größen', 'der', 'ventil', 'été'],
    ],
    ['in wide or composed letters are the same', 'ＡＢＣ caf\u0065\u0301', ['abc', 'café']],
  ])('%s', (_, text, terms) => {
    expect(passage(text)).toEqual(terms);
  });

  it('without spaces between them are told apart', () => {
    expect(passage('東京都の天気')).toEqual(expect.arrayContaining(['天気']));
    expect(questionTerms('天気').every((term) => passage('東京都の天気').includes(term))).toBe(true);
  });
});

describe('identifiers', () => {
  it.each([
    ['error codes', 'E1234', ['e1234', '1234']],
    ['numbers of parts', 'AB-12/3', ['ab-12/3', 'ab']],
    ['versions', 'v1.2.3', ['v1.2.3']],
    ['snake_case', 'max_retries', ['max_retries', 'max', 'retri']],
    ['kebab-case', 'dead-letter', ['dead-letter', 'dead', 'letter']],
    ['camelCase', 'parseHTTPRequest', ['parsehttprequest', 'pars', 'http', 'request']],
    ['calls', 'x.y.z()', ['x.y.z']],
    ['names of files', 'lib/terms.ts', ['lib', 'terms.ts', 'term', 'ts']],
    ['years and dates', '2024-01-31', ['2024-01-31', '2024']],
    ['addresses', 'ops@example.org', ['ops@example.org', 'op', 'exampl', 'org']],
  ])('%s are kept as they are beside their words', (_, text, terms) => {
    expect(passage(text)).toEqual(terms);
    expect(passage(`See ${text}, then.`)).toEqual(['see', ...terms]);
  });

  it('are found by their words, and their words by them', () => {
    const shared = (a: string, b: string) => questionTerms(a).filter((term) => passage(b).includes(term));
    expect(shared('How often does it retry?', 'max_retries = 3')).toEqual(['retri']);
    expect(shared('What is MAX_RETRIES?', 'Set max_retries.')).toEqual(['max_retries', 'max', 'retri']);
    expect(shared('E1234', 'E1235, E12345')).toEqual([]);
  });

  it('that nobody would ask for are left to their parts', () => {
    expect(passage(`${'ab-'.repeat(30)}cd`)).toEqual([...Array.from({ length: 30 }, () => 'ab'), 'cd']);
  });
});

it('the terms of a question are distinct and in order', () => {
  expect(questionTerms('Salt or bread? Bread and salt!')).toEqual(['salt', 'bread']);
});

it('title and headings count once each', () => {
  const terms = passageTerms({
    number: 0,
    title: 'Boilers',
    headings: ['Boilers', 'Care'],
    text: 'Descale.',
  });
  expect(terms).toEqual(['boiler', 'care', 'descal']);
});

it('whatever the text, terms are short, hold no space and come again from the same text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      const terms = passage(text);
      for (const term of terms) expect(term).toMatch(/^\S{1,128}$/u);
      expect(passage(text)).toEqual(terms);
    }),
    { numRuns: 500 },
  );
});
