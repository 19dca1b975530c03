import { describe, expect, it } from 'vitest';
import { json, type DocumentView } from './client.ts';
import type { Scene } from './describe-http.ts';

interface UploadForm {
  url: string;
  fields: Record<string, string>;
  expiresInSeconds: number;
}

/** `/documents` and `/health`. */
export function documentsSuite(scene: Scene): void {
  describe('documents', () => {
    it('go through states to ready', async () => {
      const { client } = scene;
      const put = await client.put(
        'harbour.md',
        '# Harbour\n\nThe crane lifts 40 tonnes.\n',
        'text/markdown',
      );
      expect(put).toMatchObject({ id: 'harbour.md', collection: client.collection });
      expect(['received', 'parsing', 'embedding', 'ready']).toContain(put.state);
      const ready = await client.becomes('harbour.md', 'ready');
      expect(ready).toMatchObject({ title: 'Harbour', chunks: 1, chunksDone: 1 });
      expect(ready).not.toHaveProperty('revision');
      expect(ready).not.toHaveProperty('scope');
      expect(ready).not.toHaveProperty('reason');
    });

    it('show each of their passages, as it is now', async () => {
      const { client, target } = scene;
      const passage = (n: number) =>
        target.fetch(`/documents/yard/gates.md/chunks/${n}?collection=${client.collection}`);
      const text = '# Gates\n\nThe north gate opens at dawn.\n\n## Locks\n\nThe lock holds 9 boats.\n';
      await client.put('yard/gates.md', text, 'text/markdown');
      const { chunks } = await client.becomes('yard/gates.md', 'ready');
      const all = [];
      for (let n = 0; n < chunks; n += 1) all.push(await json(await passage(n), 200));
      const last = { document: 'yard/gates.md', title: 'Gates', chunk: chunks - 1, chunks };
      expect(all.at(-1)).toMatchObject({ ...last, headings: expect.any(Array), uri: expect.any(String) });
      expect(JSON.stringify(all)).toContain('The lock holds 9 boats.');
      await json(await passage(chunks), 404);

      const { sources } = await client.ask('How many boats does the lock hold?');
      const { chunk, snippet } = sources.find(({ document }) => document === 'yard/gates.md')!;
      const cited = await json<{ text: string }>(await passage(chunk), 200);
      expect(cited.text.replaceAll(/\s+/g, ' ')).toContain(snippet.replace(/…$/, ''));

      await client.put('yard/gates.md', '# Gates\n\nAll gates are closed.\n', 'text/markdown');
      const now = async () => (await json<{ text: string }>(await passage(0), 200)).text;
      await expect.poll(now, { timeout: 25_000, interval: 50 }).toContain('All gates are closed.');
    });

    it('may have folders in their ids, and their type from the ending', async () => {
      const { client, target } = scene;
      const response = await target.fetch(`/documents/guides/mooring.txt?collection=${client.collection}`, {
        method: 'PUT',
        body: new TextEncoder().encode('Moor on the port side at high water.'),
      });
      await json(response, 202);
      expect(await client.becomes('guides/mooring.txt', 'ready')).toMatchObject({
        contentType: 'text/plain',
      });
    });

    it.each([
      ['windows-1252.txt', Buffer.from('Schl\xfcsselbrett, T\xfcr 7, 40 \x80', 'latin1')],
      ['utf-16.md', Buffer.from('\uFEFF# Schlüsselbrett\n\nTür 7, 40 €', 'utf16le')],
    ])(
      'in another encoding than UTF-8 arrive whole as bytes, and are refused as text: %s',
      async (id, body) => {
        const { client } = scene;
        const bytes = new Uint8Array(body);
        await client.put(id, bytes, 'application/octet-stream');
        await client.becomes(id, 'ready');
        const { sources } = await client.ask('Schlüsselbrett Tür 7');
        const source = sources.find(({ document }) => document === id);
        expect(source?.snippet).toMatch(/Tür 7, 40 €$/);

        const path = `/documents/${id}?collection=${client.collection}`;
        const headers = { 'content-type': 'text/plain' };
        const refused = await scene.target.fetch(path, { method: 'PUT', body: bytes, headers });
        expect(await json(refused, 400)).toMatchObject({
          error: { code: 'invalid_request', message: expect.stringContaining('application/octet-stream') },
        });
      },
    );

    it('are listed page by page, each once', async () => {
      const { client, target } = scene;
      const ids = ['list/a.txt', 'list/b.txt', 'list/c.txt'];
      for (const id of ids) await client.put(id, `Text of ${id}.`, 'text/plain');
      const seen: string[] = [];
      let pages = 0;
      for (let after = ''; pages < 50; pages += 1) {
        const page = await target.fetch(`/documents?collection=${client.collection}&limit=2${after}`);
        const { documents, next } = await json<{ documents: DocumentView[]; next?: string }>(page, 200);
        expect(documents.length).toBeLessThanOrEqual(2);
        seen.push(...documents.map((document) => document.id));
        if (next === undefined) break;
        after = `&after=${encodeURIComponent(next)}`;
      }
      expect(pages).toBeGreaterThan(0);
      expect(seen).toEqual([...new Set(seen)]);
      expect(seen).toEqual(expect.arrayContaining(ids));
    });

    it('are gone once they are deleted', async () => {
      const { client, target } = scene;
      const path = `/documents/short-lived.txt?collection=${client.collection}`;
      await client.put('short-lived.txt', 'The password of the pump house is marigold.', 'text/plain');
      await client.becomes('short-lived.txt', 'ready');
      const deleted = await target.fetch(path, { method: 'DELETE' });
      expect(deleted.status).toBe(204);
      expect(await deleted.text()).toBe('');
      expect(deleted.headers.get('x-request-id')).toBeTruthy();
      await json(await target.fetch(path), 404);
      await json(await target.fetch(path, { method: 'DELETE' }), 404);
    });

    it('that are large are uploaded by a form', async () => {
      const { client } = scene;
      const path = `/documents/large.txt/upload?collection=${client.collection}`;
      const form = await json<UploadForm>(await client.post(path, { contentType: 'text/plain' }), 201);
      expect(form.expiresInSeconds).toBe(300);
      const body = new FormData();
      for (const [name, value] of Object.entries(form.fields)) body.set(name, value);
      body.set('file', new Blob([`The lock gate weighs 90 tonnes.\n\n${'Water. '.repeat(2_000)}`]));
      const uploaded = await fetch(form.url, { method: 'POST', body });
      const said = await uploaded.text();
      expect({ ok: uploaded.ok, said }).toEqual({ ok: true, said });
      // Until its event arrives nobody but the bucket knows it.
      const stateOf = async () => {
        const response = await scene.target.fetch(`/documents/large.txt?collection=${client.collection}`);
        return ((await response.json()) as Partial<DocumentView>).state;
      };
      await expect.poll(stateOf, { timeout: 25_000, interval: 50 }).toBe('ready');
    });
  });

  it('health tells version and models', async () => {
    const health = await json(await scene.target.fetch('/health'), 200);
    expect(health).toMatchObject({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      models: { chat: expect.any(String), embedding: expect.any(String), dimensions: expect.any(Number) },
    });
  });
}
