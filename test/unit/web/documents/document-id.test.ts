import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemOfId as problemForTheServer } from '../../../../lib/rag/ingest/acceptance.ts';
import { compareIds, idBefore, idOf, problemOfId } from '../../../../web/documents/document-id.ts';

/** Paths of the kinds that break a rule, and of those that break none. */
const id = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 20 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc
    .array(
      fc.constantFrom('a', 'é', '.', '..', ' ', '', 'upload', 'retry', 'chunks', '7', 'a.metadata.json'),
      {
        minLength: 1,
        maxLength: 4,
      },
    )
    .map((names) => names.join('/')),
  fc.integer({ min: 295, max: 305 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 295, max: 305 }).map((length) => '語'.repeat(length)),
);

describe('the rules for ids', () => {
  it('are those of the server', () => {
    fc.assert(
      fc.property(id, (id) => {
        expect(problemOfId(id) === undefined).toBe(problemForTheServer(id) === undefined);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each([
    ['a#b.md', /# \? % \*/],
    ['a\\b.md', /\\/],
    ['a\tb.md', /cannot be seen/],
    ['guides/../start.md', /\.\./],
    ['guides//start.md', /no name/],
    [`${'x'.repeat(298)}.md`, /300 characters/],
    ['guides/upload', /upload/],
    ['a.md.metadata.json', /metadata/],
  ])('say of %s what is wrong', (id, problem) => {
    expect(problemOfId(id)).toMatch(problem);
  });

  it('hold for the composed spelling, which some systems take apart', () => {
    expect(idOf('/handbook/cafe\u0301.md')).toBe('handbook/caf\u00e9.md');
  });
});

describe('the order of ids', () => {
  it('is that of their bytes in UTF-8', () => {
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareIds(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('an id before another', () => {
  it.each([
    ['guides/start.md', 'guides/start.m'],
    ['guides/a', 'guides'],
    ['guides/ a', 'guides'],
    ['a', undefined],
    ['a😀', 'a'],
  ])('of %s is %s', (id, before) => {
    expect(idBefore(id)).toBe(before);
  });

  it('comes before it, and the server takes it', () => {
    fc.assert(
      fc.property(
        id.filter((id) => problemOfId(id) === undefined),
        (id) => {
          const before = idBefore(id);
          if (before === undefined) return;
          expect(problemForTheServer(before)).toBeUndefined();
          expect(compareIds(before, id)).toBeLessThan(0);
        },
      ),
    );
  });
});
