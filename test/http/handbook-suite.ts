import { describe, expect, it } from 'vitest';
import { handbookPdf } from '../fixtures/pdf.ts';
import type { Scene } from './describe-http.ts';

const rooms = ['boiler', 'signal', 'chart', 'radio', 'engine', 'sail', 'lamp', 'rope', 'galley'];
const question = 'Which key opens the lamp room?';

/** A handbook whose every page tells which key opens which room. */
async function handbook(lampKey: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await handbookPdf({
    pages: rooms.length,
    title: 'Handbook',
    textOf: (page) => {
      const room = rooms[page - 1] ?? '';
      const key = room === 'lamp' ? lampKey : `${room} number ${page * 11}`;
      return (
        `The ${room} room stands on deck ${page} and is inspected in week ${page * 5}.\n\n` +
        `The key named ${key} opens the ${room} room.`
      );
    },
  });
  return new Uint8Array(bytes);
}

/** A PDF from its upload to its end. */
export function handbookSuite(scene: Scene): void {
  describe('a handbook in PDF', () => {
    it('is cited by page, by its newest version, and not after it is deleted', async () => {
      const { client, target } = scene;
      await client.put('handbook', await handbook('kestrel'), 'application/pdf');
      const { chunks } = await client.becomes('handbook', 'ready');
      expect(chunks).toBe(rooms.length);

      const first = await client.ask(question, { cache: 'use' });
      expect(first.answer).toContain('kestrel');
      expect(first.sources.find((source) => source.n === first.citations[0])).toMatchObject({
        document: 'handbook',
        title: 'Handbook',
        page: 7,
      });

      await client.put('handbook', await handbook('merlin'), 'application/pdf');
      const ask = async () => (await client.ask(question, { cache: 'use' })).answer;
      await expect.poll(ask, { timeout: 25_000, interval: 50 }).toContain('merlin');
      const changed = await client.ask(question, { cache: 'use' });
      expect(changed.answer).not.toContain('kestrel');
      expect(changed.sources.map((source) => source.snippet).join(' ')).not.toContain('kestrel');

      const path = `/documents/handbook?collection=${client.collection}`;
      expect((await target.fetch(path, { method: 'DELETE' })).status).toBe(204);
      // At once: whatever the ingestion has done by now, cached answers included.
      const after = await client.ask(question, { cache: 'use' });
      expect(after.sources.map((source) => source.document)).not.toContain('handbook');
      expect(after.answer).not.toContain('merlin');
    });
  });
}
