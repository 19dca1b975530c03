import { beforeEach, describe, expect, it } from 'vitest';
import type { DocumentStore, ReadyVersion, WorkProgress } from '../../lib/rag/ports/documents.ts';
import type { Scope } from '../../lib/rag/types.ts';

const scope: Scope = 'acme/main';
const key = { scope, id: 'guides/start.md', uri: 's3://b/acme/main/guides/start.md' };
const ready: ReadyVersion = {
  version: 'v1',
  title: 'Start',
  contentType: 'text/markdown',
  size: 12,
  etag: '"e1"',
  chunks: 3,
};
const work: WorkProgress = { state: 'embedding', chunks: 3, chunksDone: 1, attempts: 2 };
const reason = { code: 'no_text', message: 'The document holds no text.' };

/** A time so many seconds from now, ISO 8601. */
const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1_000).toISOString();

/** What every store of documents' records does. */
export function documentStoreContract(name: string, create: () => Promise<DocumentStore>): void {
  describe(`document store: ${name}`, () => {
    const options = { signal: new AbortController().signal };
    let store: DocumentStore;
    beforeEach(async () => {
      store = await create();
    });
    const get = () => store.get(key, options);

    it('knows nothing of a document that was never put', async () => {
      expect(await get()).toBeUndefined();
      expect(await store.getMany({ scope, ids: ['a', 'b'] }, options)).toEqual(new Map());
      expect(await store.getMany({ scope, ids: [] }, options)).toEqual(new Map());
    });

    it('makes a whole record at the first change, whichever it is', async () => {
      const common = { scope, id: key.id, uri: key.uri, createdAt: expect.any(String) as string };
      const isoTime = expect.stringMatching(/^\d{4}-.*Z$/) as string;
      await store.receive(key, inSeconds(0), options);
      expect(await get()).toEqual({
        ...common,
        ...{
          state: 'received',
          revision: 0,
          title: key.id,
          chunks: 0,
          chunksDone: 0,
          attempts: 0,
          updatedAt: isoTime,
        },
      });
      const fresh = await create();
      expect(await fresh.reportWork(key, 0, work, options)).toBe(true);
      expect(await fresh.get(key, options)).toEqual({
        ...common,
        ...{
          state: 'embedding',
          revision: 0,
          title: key.id,
          chunks: 3,
          chunksDone: 1,
          attempts: 2,
          updatedAt: isoTime,
        },
      });
    });

    it('goes from received through work to ready, and every change but work moves the revision by one', async () => {
      await store.receive(key, inSeconds(0), options);
      expect(await store.reportWork(key, 0, work, options)).toBe(true);
      expect((await get())!.revision).toBe(0);
      expect(await store.makeCurrent(key, 0, ready, options)).toBe(true);
      expect(await get()).toMatchObject({
        ...ready,
        state: 'ready',
        chunksDone: 3,
        revision: 1,
        attempts: 2,
      });
      expect(await store.reportFailure(key, 1, reason, options)).toBe(true);
      expect(await get()).toMatchObject({ state: 'failed', reason, revision: 2, version: 'v1' });
      expect(await store.bury(key, 2, options)).toBe(true);
      expect((await get())!.revision).toBe(3);
    });

    it('takes a reason away with the next work and with the next success', async () => {
      await store.reportFailure(key, 0, reason, options);
      await store.reportWork(key, 1, work, options);
      expect((await get())!.reason).toBeUndefined();
      await store.reportFailure(key, 1, reason, options);
      await store.makeCurrent(key, 2, ready, options);
      expect((await get())!.reason).toBeUndefined();
    });

    it('refuses every change of a record that has moved on, and changes nothing', async () => {
      await store.makeCurrent(key, 0, ready, options);
      const before = await get();
      for (const revision of [0, 2]) {
        expect([
          await store.reportWork(key, revision, work, options),
          await store.reportFailure(key, revision, reason, options),
          await store.makeCurrent(key, revision, { ...ready, version: 'v2' }, options),
          await store.bury(key, revision, options),
        ]).toEqual([false, false, false, false]);
      }
      expect(await get()).toEqual(before);
    });

    it('lets one of many changes at once through', async () => {
      const versions = Array.from({ length: 10 }, (_, n) => `v${n}`);
      const results = await Promise.all(
        versions.map((version) => store.makeCurrent(key, 0, { ...ready, version }, options)),
      );
      expect(results.filter(Boolean)).toHaveLength(1);
      const record = await get();
      expect([record!.revision, record!.version]).toEqual([1, versions[results.indexOf(true)]]);
    });

    it('leaves a tombstone without anything of what was served, and the lock goes on from there', async () => {
      await store.makeCurrent(key, 0, ready, options);
      await store.bury(key, 1, options);
      const tombstone = await get();
      expect(tombstone).toMatchObject({ state: 'deleted', revision: 2, chunks: 0, chunksDone: 0 });
      for (const field of ['version', 'size', 'etag', 'contentType', 'reason'])
        expect(tombstone).not.toHaveProperty(field);
      expect(await store.makeCurrent(key, 1, ready, options)).toBe(false);
      expect(await store.makeCurrent(key, 2, ready, options)).toBe(true);
      expect(await get()).toMatchObject({ state: 'ready', revision: 3, version: 'v1' });
    });

    it('has the metadata of the version that is served, and none once that has none or is buried', async () => {
      const metadata = {
        ...{ title: 'T', date: '2024-02-29', tags: ['a', 'b'] },
        fields: { team: 'hr', year: 2024, share: 0.1, open: false },
      };
      await store.makeCurrent(key, 0, { ...ready, metadata }, options);
      expect((await get())!.metadata).toEqual(metadata);
      await store.reportWork(key, 1, work, options);
      expect((await get())!.metadata).toEqual(metadata);
      await store.makeCurrent(key, 1, ready, options);
      expect(await get()).not.toHaveProperty('metadata');
      await store.makeCurrent(key, 2, { ...ready, metadata }, options);
      await store.bury(key, 3, options);
      expect(await get()).not.toHaveProperty('metadata');
    });

    it('notes a put, unless the record has changed since; what is served stays', async () => {
      await store.makeCurrent(key, 0, ready, options);
      await store.receive(key, inSeconds(-10), options);
      expect((await get())!.state).toBe('ready');
      await store.receive(key, inSeconds(10), options);
      expect(await get()).toMatchObject({
        ...{ state: 'received', revision: 1, version: 'v1', chunksDone: 0, attempts: 0 },
      });
      expect(await store.makeCurrent(key, 1, ready, options)).toBe(true);
    });

    it('reads many at once, deleted ones among them, each scope its own', async () => {
      const other: Scope = 'acme/other';
      await store.makeCurrent({ ...key, id: 'a' }, 0, ready, options);
      await store.bury({ ...key, id: 'b' }, 0, options);
      await store.makeCurrent({ ...key, scope: other, id: 'a' }, 0, { ...ready, version: 'other' }, options);
      const records = await store.getMany({ scope, ids: ['a', 'b', 'c'] }, options);
      const told = ['a', 'b'].map((id) => records.get(id)!);
      expect(records.size).toBe(2);
      expect(told.map(({ id, scope, state, version }) => [id, scope, state, version])).toEqual([
        ['a', scope, 'ready', 'v1'],
        ['b', scope, 'deleted', undefined],
      ]);
    });

    it('lists page by page in the order of ids, without deleted ones and other scopes', async () => {
      for (const id of ['b', 'a', 'd', 'c/x']) await store.makeCurrent({ ...key, id }, 0, ready, options);
      await store.bury({ ...key, id: 'a2' }, 0, options);
      await store.makeCurrent({ ...key, scope: 'acme/other', id: 'a' }, 0, ready, options);
      const ids: string[] = [];
      let after: string | undefined;
      for (let pages = 0; pages < 10; pages += 1) {
        const page = await store.list({ scope, limit: 2, ...(after !== undefined && { after }) }, options);
        expect(page.documents.length).toBeLessThanOrEqual(2);
        ids.push(...page.documents.map(({ id }) => id));
        after = page.next;
        if (after === undefined) break;
      }
      expect([ids, after]).toEqual([['a', 'b', 'c/x', 'd'], undefined]);
    });

    it('lists those in one state alone, in full pages although others lie between them', async () => {
      for (let n = 10; n < 30; n += 1) {
        const one = { ...key, id: `d${n}` };
        if (n % 4 === 0) await store.reportFailure(one, 0, reason, options);
        else if (n % 4 === 1) await store.bury(one, 0, options);
        else await store.makeCurrent(one, 0, ready, options);
      }
      const failed = { scope, limit: 2, state: 'failed' } as const;
      const first = await store.list(failed, options);
      const second = await store.list({ ...failed, after: first.next! }, options);
      const third = await store.list({ ...failed, after: second.next! }, options);
      const ids = [first, second, third].map((page) => page.documents.map(({ id }) => id));
      expect(ids).toEqual([['d12', 'd16'], ['d20', 'd24'], ['d28']]);
      expect(third.next).toBeUndefined();
      expect(await store.list({ ...failed, state: 'parsing' }, options)).toEqual({ documents: [] });
      const live = await store.list({ scope, limit: 12, after: 'd10' }, options);
      expect(live.documents).toHaveLength(12);
    });

    it('tells the most recently changed first, deleted ones too', async () => {
      for (const [id, seconds] of [
        ['a', 30],
        ['b', 10],
        ['c', 20],
      ] as const) {
        await store.receive({ ...key, id }, inSeconds(seconds), options);
      }
      await store.bury({ ...key, id: 'gone' }, 0, options);
      await store.receive({ ...key, scope: 'acme/other', id: 'z' }, inSeconds(40), options);
      await store.makeCurrent({ ...key, id: 'served' }, 0, ready, options);
      await store.makeCurrent({ ...key, id: 'gone' }, 1, ready, options);
      await store.bury({ ...key, id: 'gone' }, 2, options);
      const recent = await store.recent({ scope, limit: 10 }, options);
      const { updatedAt } = (await store.get({ ...key, id: 'served' }, options))!;
      expect(recent.slice(0, 3).map(({ id, version }) => [id, version])).toEqual([
        ['a', undefined],
        ['c', undefined],
        ['b', undefined],
      ]);
      expect(recent.slice(3)).toHaveLength(2);
      expect(recent).toContainEqual({ id: 'gone', updatedAt: expect.any(String) as string });
      expect(recent).toContainEqual({ id: 'served', version: ready.version, updatedAt });
      expect((await store.recent({ scope, limit: 2 }, options)).map(({ id }) => id)).toEqual(['a', 'c']);
    });

    it('notes from when on answers about a document may be served, whatever becomes of it', async () => {
      const at = '2026-11-01T00:00:00.000Z';
      expect(await store.purgeAnswers({ scope, id: 'a' }, at, options)).toBe(false);
      expect(await store.get({ scope, id: 'a' }, options)).toBeUndefined();
      await store.makeCurrent({ ...key, id: 'a' }, 0, ready, options);
      expect(await store.purgeAnswers({ scope, id: 'a' }, at, options)).toBe(true);
      await store.makeCurrent({ ...key, id: 'a' }, 1, { ...ready, version: 'v9' }, options);
      expect(await store.get({ scope, id: 'a' }, options)).toMatchObject({
        ...{ version: 'v9', revision: 2, answersPurgedAt: at },
      });
      await store.bury({ ...key, id: 'a' }, 2, options);
      expect(await store.purgeAnswers({ scope, id: 'a' }, at, options)).toBe(false);
    });

    it('gives up with the reason of a signal that has aborted', async () => {
      const left = new Error('left');
      const gone = { signal: AbortSignal.abort(left) };
      const calls = [
        ...[
          store.get(key, gone),
          store.getMany({ scope, ids: ['a'] }, gone),
          store.recent({ scope, limit: 1 }, gone),
        ],
        ...[store.list({ scope, limit: 1 }, gone), store.receive(key, inSeconds(0), gone)],
        ...[store.reportWork(key, 0, work, gone), store.reportFailure(key, 0, reason, gone)],
        ...[store.makeCurrent(key, 0, ready, gone), store.bury(key, 0, gone)],
      ];
      for (const call of await Promise.allSettled(calls as Promise<unknown>[])) {
        expect(call).toEqual({ status: 'rejected', reason: left });
      }
      expect(await get()).toBeUndefined();
    });
  });
}
