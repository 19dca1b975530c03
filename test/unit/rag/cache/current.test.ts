import { beforeEach, describe, expect, it } from 'vitest';
import { isCurrent, isUnchanged } from '../../../../lib/rag/cache/current.ts';
import type { DocumentRecord } from '../../../../lib/rag/types.ts';
import { createWorld, scope, type World } from '../../../fakes/world.ts';

const options = { signal: new AbortController().signal };
const createdAt = '2026-11-01T12:00:00.000Z';
const at = (ms: number) => new Date(Date.parse(createdAt) + ms).toISOString();

let world: World;
beforeEach(() => {
  world = createWorld();
  world.serve('guide', 'v1', ['the red door']);
  world.serve('other', 'v7', ['the blue door']);
});

/** Has a document be otherwise. */
function change(id: string, more: Partial<DocumentRecord>): void {
  Object.assign(world.documents.entries.get(`${scope} ${id}`)!, more);
}

describe('an answer is current', () => {
  const basis = { versions: { guide: 'v1', other: 'v7' }, createdAt };
  const isItCurrent = () => isCurrent(world.documents, scope, basis, options);

  it('while all that it rests on is served as it was, if it is by one that could not be read again', async () => {
    expect(await isItCurrent()).toBe(true);
    change('guide', { state: 'failed' });
    expect(await isItCurrent()).toBe(true);
  });

  it.each<[string, Partial<DocumentRecord>]>([
    ['has another version', { version: 'v2' }],
    ['is deleted, though its version is still known', { state: 'deleted' }],
    ['had its answers purged since', { answersPurgedAt: at(1) }],
    ['had its answers purged in that millisecond', { answersPurgedAt: createdAt }],
  ])('no more once a document of several %s', async (_, more) => {
    change('other', more);
    expect(await isItCurrent()).toBe(false);
  });

  it('no more once a document is unknown', async () => {
    world.documents.entries.delete(`${scope} other`);
    expect(await isItCurrent()).toBe(false);
  });

  it('where answers were purged before it was made', async () => {
    change('other', { answersPurgedAt: at(-1) });
    expect(await isItCurrent()).toBe(true);
  });
});

describe('a scope is unchanged', () => {
  const isItUnchanged = () => isUnchanged(world.documents, scope, createdAt, options);

  it('where nothing has changed since, nor in the two seconds before', async () => {
    change('guide', { updatedAt: at(-10_000) });
    change('other', { updatedAt: at(-2_001) });
    expect(await isItUnchanged()).toBe(true);
    change('other', { updatedAt: at(-2_000) });
    expect(await isItUnchanged()).toBe(false);
    change('other', { updatedAt: at(5_000) });
    expect(await isItUnchanged()).toBe(false);
  });

  it('where there is nothing', async () => {
    world.documents.entries.clear();
    expect(await isItUnchanged()).toBe(true);
  });
});
