import { describe, expect, it } from 'vitest';
import { describe as inWordsOf, inWords, isUnderWay } from '../../../../web/documents/describe.ts';
import { documentOf } from './documents.ts';

describe('a document in words', () => {
  it('says how far its embedding is', () => {
    const row = {
      id: 'a.md',
      document: documentOf('a.md', { state: 'embedding', chunks: 1_200, chunksDone: 300 }),
    };
    expect(inWordsOf(row)).toMatchObject({
      label: 'Embedding',
      detail: '300 of 1,200 passages',
      progress: { value: 0.25 },
    });
    expect(isUnderWay(row)).toBe(true);
  });

  it.each(['received', 'parsing'] as const)('tells nothing of how far it is while %s', (state) => {
    const row = { id: 'a.md', document: documentOf('a.md', { state }) };
    expect(inWordsOf(row).progress).toEqual({ value: undefined });
    expect(isUnderWay(row)).toBe(true);
  });

  it('says what a ready one holds', () => {
    const row = { id: 'a.md', document: documentOf('a.md', { state: 'ready', chunks: 1, size: 34_567 }) };
    expect(inWordsOf(row)).toEqual({
      label: 'Ready',
      tone: 'good',
      detail: '1 passage, 35 kB',
      actions: ['remove'],
    });
    expect(isUnderWay(row)).toBe(false);
  });

  it('says why one failed and what to do, once, and offers that by a button', () => {
    const failed = (message: string, whatToDo: string) =>
      inWordsOf({
        id: 'a.md',
        document: documentOf('a.md', { state: 'failed', reason: { code: 'x', message, whatToDo } }),
      });
    expect(failed('It is locked.', 'Unlock it.').detail).toBe('It is locked. Unlock it.');
    expect(failed('It is locked. Unlock it.', 'Unlock it.').detail).toBe('It is locked. Unlock it.');
    const around = failed(
      'It is gone.',
      'Once that works again, have it read anew: POST /documents/a.md/retry',
    );
    expect(around.detail).toBe('It is gone. Once that works again, have it read anew.');
    expect(around.actions).toEqual(['retry', 'remove']);
  });

  it('says that a version before is still served', () => {
    const reason = { code: 'x', message: 'No.', whatToDo: 'Mend it.' };
    const document = documentOf('a.md', { state: 'failed', version: '1', reason });
    expect(inWordsOf({ id: 'a.md', document }).detail).toBe(
      'No. Mend it. Until then, the version before is served.',
    );
  });
});

describe('a file on its way in words', () => {
  it('says how much is sent, and can be cancelled', () => {
    const upload = { phase: 'sending', sentBytes: 2_000_000, totalBytes: 8_000_000 } as const;
    expect(inWordsOf({ id: 'a.pdf', upload })).toMatchObject({
      label: 'Uploading',
      detail: '2.0 MB of 8.0 MB',
      progress: { value: 0.25 },
      actions: ['cancel'],
    });
  });

  it('says what it replaces while it waits', () => {
    const row = { id: 'a.md', upload: { phase: 'waiting' } as const };
    expect(inWordsOf(row).detail).toBeUndefined();
    expect(inWordsOf({ ...row, document: documentOf('a.md') }).detail).toMatch(/^Replaces/);
  });

  it('is looked for once the bucket has it, and not before', () => {
    const document = documentOf('a.md');
    expect(isUnderWay({ id: 'a.md', document, upload: { phase: 'taken', takenAtMs: 0 } })).toBe(true);
    expect(isUnderWay({ id: 'a.md', document, upload: { phase: 'waiting' } })).toBe(false);
  });

  it('says why it could not be sent, and can be sent again', () => {
    const row = { id: 'a.md', upload: { phase: 'broken', problem: 'No network.' } as const };
    expect(inWordsOf(row)).toMatchObject({ detail: 'No network.', actions: ['sendAgain', 'dismiss'] });
  });
});

it.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_500, '2 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [104_857_600, '104.9 MB'],
])('%i bytes are %s', (bytes, words) => {
  expect(inWords(bytes)).toBe(words);
});
