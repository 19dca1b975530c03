import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { documentId } from '../../../lib/http/document-id.ts';
import { parseInput } from '../../../lib/http/request.ts';
import { RagError } from '../../../lib/rag/errors.ts';

/** The id, or the code of the error. */
function parse(id: unknown): { id: string } | { code: string } {
  try {
    return { id: parseInput(id, documentId) };
  } catch (error) {
    if (error instanceof RagError) return { code: error.code };
    throw error;
  }
}

/** What an id has to be for S3 and for URLs, said in another way than the code says it. */
function isFit(result: { id: string } | { code: string }): boolean {
  if ('code' in result) return result.code === 'invalid_request';
  const { id } = result;
  if (Buffer.byteLength(id) > 900 || id.normalize('NFC') !== id || !id.isWellFormed()) return false;
  return id.split('/').every((name) => name.trim() !== '' && name !== '.' && name !== '..');
}

const anything = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 400 }),
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc
    .array(fc.constantFrom('/', '.', '..', 'a', '\u0958', '\ud800', ' ', '%2e'), { maxLength: 310 })
    .map((all) => all.join('')),
  fc.anything(),
);

describe('an id', () => {
  it('is valid or an invalid request, and nothing else ever', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const result = parse(value);
        expect(isFit(result) || result).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it.each(['guide', 'guides/start.md', 'Über uns.pdf', '日本/語', 'a b', '...', 'upload', 'x'.repeat(300)])(
    '%j is one',
    (id) => expect(parse(id)).toEqual({ id: id.normalize('NFC') }),
  );

  it.each([
    ...[
      '',
      ' ',
      '/a',
      'a/',
      'a//b',
      '.',
      'a/../b',
      'a/./b',
      'a\\b',
      'a#b',
      'a?b',
      'a%b',
      'a*b',
      'a\nb',
      '\ud800',
    ],
    ...['a/upload', 'a/retry', 'a/chunks/7', 'x'.repeat(301), '語'.repeat(301)],
  ])('%j is none', (id) => expect(parse(id)).toEqual({ code: 'invalid_request' }));

  it('has its length after it is composed: what grows by that is refused too', () => {
    expect(parse('\u0958'.repeat(300))).toEqual({ code: 'invalid_request' });
  });

  it('of one spelling is one document', () => {
    expect(parse('U\u0308ber')).toEqual(parse('Über'));
  });
});
