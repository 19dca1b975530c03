import { describe, expect, it, vi } from 'vitest';
import { createRows, summarise } from '../../../../web/documents/rows.ts';
import { documentOf } from './documents.ts';

function open() {
  const onChange = vi.fn<Parameters<typeof createRows>[0]>();
  return { rows: createRows(onChange), onChange };
}

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

describe('rows', () => {
  it('stand by id, behind those that were put in from here as they came', () => {
    const { rows } = open();
    rows.take([documentOf('c.md'), documentOf('a.md')]);
    rows.change('z.md', { upload: { phase: 'waiting' }, isOurs: true });
    rows.change('b.md', { upload: { phase: 'waiting' }, isOurs: true });
    expect(rows.all().map(({ id }) => id)).toEqual(['z.md', 'b.md', 'a.md', 'c.md']);
  });

  it('vanish when nothing is left of them', () => {
    const { rows, onChange } = open();
    rows.take([documentOf('a.md')]);
    for (const id of ['a.md', 'b.md']) rows.change(id, { upload: { phase: 'waiting' } });
    for (const id of ['a.md', 'b.md']) rows.change(id, { upload: undefined });
    expect(rows.all()).toEqual([{ id: 'a.md', document: documentOf('a.md') }]);
    expect(onChange).toHaveBeenLastCalledWith({ id: 'b.md', upload: { phase: 'waiting' } }, undefined);
  });

  it('take what is newer and leave what a late list says', () => {
    const { rows } = open();
    rows.change('a.md', { document: documentOf('a.md', { state: 'received', updatedAt: at(30) }) });
    expect(rows.take([documentOf('a.md', { state: 'ready', updatedAt: at(10) })])).toBe(false);
    expect(rows.get('a.md')?.document?.state).toBe('received');
    expect(rows.take([documentOf('a.md', { state: 'ready', updatedAt: at(31) })])).toBe(true);
    expect(rows.take([documentOf('a.md', { state: 'ready', updatedAt: at(31) })])).toBe(false);
    expect(rows.get('a.md')?.document?.state).toBe('ready');
  });

  it('leave a file on its way alone when the list comes', () => {
    const { rows } = open();
    rows.change('a.md', { upload: { phase: 'waiting' }, isOurs: true });
    rows.take([documentOf('a.md')]);
    expect(rows.get('a.md')).toMatchObject({ upload: { phase: 'waiting' }, isOurs: true });
  });
});

describe('the summary', () => {
  const ready = { id: 'a.md', document: documentOf('a.md') };

  it.each([
    [[], false, 'No documents yet'],
    [[ready], false, '1 document'],
    [[ready, { ...ready, id: 'b.md' }], false, '2 documents'],
    [[ready], true, 'The first 1 documents'],
  ])('of %o says how many there are', (rows, hasMore, words) => {
    expect(summarise(rows, { hasMore })).toBe(words);
  });

  it('follows what came from here alone', () => {
    const rows = [
      ready,
      { ...ready, isOurs: true },
      { id: 'b.md', document: documentOf('b.md', { state: 'parsing' }) },
      { id: 'c.md', document: documentOf('c.md', { state: 'failed' }), isOurs: true },
      { id: 'd.md', upload: { phase: 'broken', problem: 'x' }, isOurs: true } as const,
      // Served, but the file that replaces it is not in yet.
      { id: 'e.md', document: documentOf('e.md'), upload: { phase: 'waiting' }, isOurs: true } as const,
    ];
    expect(summarise(rows, { hasMore: true })).toBe('1 of 4 ready, 2 failed');
  });

  it('says how many are being read that came from elsewhere', () => {
    const reading = { id: 'b.md', document: documentOf('b.md', { state: 'parsing' }) };
    expect(summarise([ready, reading], { hasMore: false })).toBe('2 documents, 1 being read');
  });
});
