import { describe, expect, it, vi } from 'vitest';
import { brokenPdf, encryptedPdf, scannedPdf } from '../fixtures/pdf.ts';
import { json, type DocumentView } from './client.ts';
import type { Scene } from './describe-http.ts';

const pdf = 'application/pdf';
const cases: [what: string, body: () => Promise<Uint8Array> | Uint8Array, type: string, code: string][] = [
  ['broken.pdf', brokenPdf, pdf, 'unreadable_document'],
  ['encrypted.pdf', encryptedPdf, pdf, 'encrypted_document'],
  ['empty.pdf', () => new Uint8Array(0), pdf, 'unreadable_document'],
  ['scanned.pdf', scannedPdf, pdf, 'no_text'],
  ['renamed.pdf', () => new TextEncoder().encode('This is no PDF at all.'), pdf, 'unreadable_document'],
  ['empty.txt', () => new TextEncoder().encode(' \n'), 'text/plain', 'no_text'],
];

/** Documents that cannot be read: they say why, and keep nobody else from being read. */
export function badDocumentsSuite(scene: Scene): void {
  describe('a document that cannot be read', () => {
    it.each(cases)('%s fails with a reason', async (id, body, type, code) => {
      const { client } = scene;
      const bytes = new Uint8Array(await body());
      const neighbour = `beside-${id}.md`;
      await Promise.all([
        client.put(id, bytes, type),
        client.put(neighbour, '# Beside\n\nThis one can be read.\n', 'text/markdown'),
      ]);
      const { reason, chunks } = await client.becomes(id, 'failed');
      expect(reason?.code).toBe(code);
      // A sentence for a person, without anything of the code.
      expect(reason?.message).toMatch(/^[A-Z].{10,}\.$/);
      expect(reason?.message).not.toMatch(/Error|undefined|null|\bat \S+:\d+/);
      expect(chunks).toBe(0);
      await client.becomes(neighbour, 'ready');
    });

    it('is found by its state, and tried anew when asked to', async () => {
      const { client, target } = scene;
      const failedIds = async () => {
        const response = await target.fetch(`/documents?collection=${client.collection}&state=failed`);
        const { documents } = await json<{ documents: DocumentView[] }>(response, 200);
        expect(new Set(documents.map(({ state }) => state))).toEqual(new Set(['failed']));
        return documents.map(({ id }) => id);
      };
      const retry = (id: string) => client.post(`/documents/${id}/retry?collection=${client.collection}`, {});
      await client.put('blank.txt', ' ', 'text/plain');
      const { updatedAt, reason } = await client.becomes('blank.txt', 'failed');
      expect(reason?.whatToDo).toMatch(/^[A-Z].{10,}\.$/);
      expect(await failedIds()).toContain('blank.txt');

      const retried = await json<DocumentView>(await retry('blank.txt'), 202);
      expect(retried.updatedAt > updatedAt).toBe(true);
      await vi.waitFor(
        async () => expect((await client.becomes('blank.txt', 'failed')).updatedAt > updatedAt).toBe(true),
        { timeout: 25_000, interval: 50 },
      );

      await client.put('whole.txt', 'There is text in this one.', 'text/plain');
      await client.becomes('whole.txt', 'ready');
      await json(await retry('whole.txt'), 202);
      await client.becomes('whole.txt', 'ready');
      expect(await failedIds()).not.toContain('whole.txt');
      await json(await retry('nobody.txt'), 404);
    });

    it('is read once it is put again in one piece', async () => {
      const { client } = scene;
      await client.put('healed.md', ' ', 'text/markdown');
      await client.becomes('healed.md', 'failed');
      await client.put('healed.md', '# Healed\n\nNow there is text.\n', 'text/markdown');
      const ready = await client.becomes('healed.md', 'ready');
      expect(ready).not.toHaveProperty('reason');
    });
  });
}
