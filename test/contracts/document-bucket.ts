import { beforeEach, describe, expect, it } from 'vitest';
import { maxFileBytes } from '../../lib/rag/ingest/metadata.ts';
import type { DocumentBucket } from '../../lib/rag/ports/originals.ts';

/** What every bucket of documents does. */
export function documentBucketContract(name: string, create: () => Promise<DocumentBucket>): void {
  describe(`document bucket: ${name}`, () => {
    const options = { signal: new AbortController().signal };
    const key = { scope: 'acme/main', id: "guides/über & (1)+'x.md" } as const;
    const object = (text: string, contentType = 'text/markdown') => ({
      body: new TextEncoder().encode(text),
      contentType,
    });
    let bucket: DocumentBucket;
    beforeEach(async () => {
      bucket = await create();
    });
    const textOf = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);

    it('has nothing that was not put', async () => {
      expect(await bucket.head(key, options)).toBeUndefined();
      expect(await bucket.read({ ...key, version: '"x"' }, options)).toBeUndefined();
    });

    it('tells type, size and version, and gives the bytes of that version', async () => {
      const put = await bucket.put(key, object('Grüße'), options);
      const head = await bucket.head(key, options);
      expect(head).toEqual({
        contentType: 'text/markdown',
        size: 7,
        version: expect.stringMatching(/./) as string,
      });
      expect(put).toEqual({ version: head!.version });
      expect(textOf(await bucket.read({ ...key, version: head!.version }, options))).toBe('Grüße');
    });

    it.each([
      ['guide.md', 'binary/octet-stream', 'text/markdown'],
      ['a/b.PDF', 'application/octet-stream', 'application/pdf'],
      ['guide.md', 'Text/Plain; charset=utf-8', 'text/plain'],
      ['guide.zip', 'binary/octet-stream', 'binary/octet-stream'],
    ])('takes %s that was put as %s for %s', async (id, sent, contentType) => {
      const named = { ...key, id };
      await bucket.put(named, object('x', sent), options);
      expect(await bucket.head(named, options)).toMatchObject({ contentType });
    });

    it('tells what stands with an object and beside it, and leaves out what is none of ours', async () => {
      const beside = { ...key, id: `${key.id}.metadata.json` };
      await bucket.put(key, { ...object('x'), own: { raglan: 'e30', title: 'T', mtime: '17' } }, options);
      const bare = await bucket.head(key, options);
      expect(bare!.attributes).toEqual({ own: { raglan: 'e30', title: 'T' } });
      await bucket.put(beside, object('{"team":"hr — über"}', 'application/json'), options);
      const both = await bucket.head(key, options);
      expect(both).toEqual({ ...bare, attributes: { ...bare!.attributes, beside: '{"team":"hr — über"}' } });
      await bucket.put(key, object('x'), options);
      expect((await bucket.head(key, options))!.attributes).toEqual({
        own: {},
        beside: '{"team":"hr — über"}',
      });
      await bucket.put(beside, object(''), options);
      expect((await bucket.head(key, options))!.attributes?.beside ?? '').toBe('');
      await bucket.remove(beside, options);
      expect((await bucket.head(key, options))!.attributes).toBeUndefined();
    });

    it('of a file beside an object that is too large, gives no more than shows that it is', async () => {
      await bucket.put(key, object('x'), options);
      await bucket.put({ ...key, id: `${key.id}.metadata.json` }, object('x'.repeat(100_000)), options);
      const { beside } = (await bucket.head(key, options))!.attributes!;
      expect(beside!.length).toBeGreaterThan(maxFileBytes);
      expect(beside!.length).toBeLessThan(maxFileBytes + 100);
    });

    it('keeps any bytes, none too', async () => {
      const body = Uint8Array.from({ length: 70_000 }, (_, n) => n % 256);
      await bucket.put(key, { body, contentType: 'application/pdf' }, options);
      const { version } = (await bucket.head(key, options))!;
      expect(Buffer.compare((await bucket.read({ ...key, version }, options))!, body)).toBe(0);
      await bucket.put(key, object(''), options);
      expect((await bucket.head(key, options))!.size).toBe(0);
    });

    it('has another version after another put, and no longer reads the one before', async () => {
      await bucket.put(key, object('one'), options);
      const one = (await bucket.head(key, options))!.version;
      await bucket.put(key, object('two'), options);
      const two = (await bucket.head(key, options))!.version;
      expect(two).not.toBe(one);
      expect(await bucket.read({ ...key, version: one }, options)).toBeUndefined();
      await bucket.put(key, object('one'), options);
      expect((await bucket.head(key, options))!.version).toBe(one);
    });

    it('forgets what is removed, and what is not there is removed already', async () => {
      await bucket.put(key, object('one'), options);
      const { version } = (await bucket.head(key, options))!;
      await bucket.remove(key, options);
      await bucket.remove(key, options);
      expect(await bucket.head(key, options)).toBeUndefined();
      expect(await bucket.read({ ...key, version }, options)).toBeUndefined();
    });

    it('has one object for each scope', async () => {
      await bucket.put(key, object('one'), options);
      expect(await bucket.head({ ...key, scope: 'acme/other' }, options)).toBeUndefined();
    });

    it('tells where an object stands, and gives a form for it', async () => {
      expect(bucket.uri(key)).toMatch(/^s3:\/\/[^/]+\/acme\/main\/guides\/über & \(1\)\+'x\.md$/);
      const form = await bucket.uploadForm(key, { contentType: 'application/pdf' });
      expect(form).toMatchObject({ fields: { 'Content-Type': 'application/pdf' }, expiresInSeconds: 300 });
      expect(form.url).toMatch(/^https?:/);
    });

    it('gives up with the reason of a signal that has aborted', async () => {
      const reason = new Error('left');
      const gone = { signal: AbortSignal.abort(reason) };
      const calls = [
        ...[bucket.head(key, gone), bucket.read({ ...key, version: '"x"' }, gone)],
        ...[bucket.put(key, object('x'), gone), bucket.remove(key, gone)],
      ];
      for (const call of await Promise.allSettled(calls as Promise<unknown>[])) {
        expect(call).toEqual({ status: 'rejected', reason });
      }
      expect(await bucket.head(key, options)).toBeUndefined();
    });
  });
}
