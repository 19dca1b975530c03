import { describe, expect, it } from 'vitest';
import { json, type DocumentView } from './client.ts';
import type { Scene } from './describe-http.ts';

const question = 'Who keeps the spare key of the beacon?';

/** Metadata from the put to the filter of a question. */
export function metadataSuite(scene: Scene): void {
  describe('metadata', () => {
    const put = async (id: string, body: string, metadata: unknown) => {
      const { client, target } = scene;
      const response = await target.fetch(`/documents/${id}?collection=${client.collection}`, {
        method: 'PUT',
        body,
        headers: {
          'content-type': 'text/plain',
          'x-raglan-metadata': encodeURIComponent(JSON.stringify(metadata)),
        },
      });
      return response;
    };
    const found = async (filter?: unknown) => {
      const { sources, filtered } = await scene.client.ask(question, filter === undefined ? {} : { filter });
      const ids = sources.map(({ document }) => document).filter((id) => id.startsWith('keys/'));
      return { ids: Array.from(new Set(ids)).toSorted(), filtered };
    };

    it('given by the put is shown, filters what is asked, and is refused where it names what there is not', async () => {
      const { client } = scene;
      await json(
        await put('keys/north.txt', 'Aldous keeps the spare key of the beacon.', {
          ...{ title: 'Schlüssel im Norden', uri: 'https://example.org/north', date: '2024-02-29' },
          ...{ tags: ['harbour', 'keys'], site: 'north', year: 2024 },
        }),
        202,
      );
      await json(
        await put('keys/south.txt', 'Beatrix keeps the spare key of the beacon.', {
          ...{ tags: ['keys'], site: 'south', year: 2023 },
        }),
        202,
      );
      const north = await client.becomes('keys/north.txt', 'ready');
      await client.becomes('keys/south.txt', 'ready');
      expect(north).toMatchObject({
        title: 'Schlüssel im Norden',
        metadata: { tags: ['harbour', 'keys'], date: '2024-02-29', fields: { site: 'north', year: 2024 } },
      });

      const both = ['keys/north.txt', 'keys/south.txt'];
      expect(await found()).toEqual({ ids: both, filtered: undefined });
      expect(await found({ site: 'north' })).toEqual({ ids: both.slice(0, 1), filtered: 'index' });
      expect(await found({ year: [2022, 2023] })).toEqual({ ids: both.slice(1), filtered: 'index' });
      expect(await found({ tags: 'harbour' })).toEqual({ ids: both.slice(0, 1), filtered: 'after' });
      expect(await found({ tags: ['keys'], date: '2024-02-29' })).toEqual({
        ids: both.slice(0, 1),
        filtered: 'after',
      });
      const answer = await client.ask(question, { filter: { site: 'south' } });
      expect(answer.answer).toContain('Beatrix');
      expect((await client.ask(question, { filter: { site: 'north' } })).sources[0]).toMatchObject({
        ...{ title: 'Schlüssel im Norden', uri: 'https://example.org/north' },
      });

      const body = { question, collection: client.collection, filter: { sight: 'north' } };
      for (const stream of [false, true]) {
        const refused = await json<{ error: { code: string; message: string; known: string[] } }>(
          await client.post('/ask', { ...body, stream }),
          400,
        );
        expect(refused.error).toMatchObject({
          code: 'invalid_request',
          message: expect.stringContaining('filter.sight') as string,
          known: expect.arrayContaining(['site', 'tags', 'year']) as string[],
        });
      }
    });

    it('changes what is found when it alone changes, cached answers included', async () => {
      const { client } = scene;
      const ask = async () => {
        const { sources } = await client.ask(question, { filter: { site: 'east' }, cache: 'use' });
        return sources.map(({ document }) => document);
      };
      const text = 'Cuthbert keeps the spare key of the beacon.';
      await json(await put('keys/east.txt', text, { site: 'east' }), 202);
      await client.becomes('keys/east.txt', 'ready');
      expect(await ask()).toEqual(['keys/east.txt']);
      await json(await put('keys/east.txt', text, { site: 'west' }), 202);
      await expect.poll(ask, { timeout: 25_000, interval: 50 }).toEqual([]);
      // The same once more is served already, and stays so.
      const again = await json<DocumentView>(await put('keys/east.txt', text, { site: 'west' }), 202);
      expect(again).toMatchObject({ state: 'ready', metadata: { fields: { site: 'west' } } });
    });

    it('that is wrong is refused with the put', async () => {
      const wrong = await put('keys/wrong.txt', 'x', { date: 'yesterday' });
      const { error } = await json<{ error: { code: string; message: string } }>(wrong, 400);
      expect(error).toMatchObject({
        code: 'invalid_metadata',
        message: expect.stringContaining('date') as string,
      });
    });

    it('comes with an upload by form', async () => {
      const { client } = scene;
      const upload = async (id: string, text: string, more: Record<string, unknown>) => {
        const path = `/documents/${id}/upload?collection=${client.collection}`;
        const body = { contentType: 'text/plain', ...more };
        const form = await json<{ url: string; fields: Record<string, string> }>(
          await client.post(path, body),
          201,
        );
        const data = new FormData();
        for (const [name, value] of Object.entries(form.fields)) data.set(name, value);
        data.set('file', new Blob([text]));
        expect((await fetch(form.url, { method: 'POST', body: data })).ok).toBe(true);
      };
      await upload('keys/form.txt', 'Dagmar keeps the spare key of the beacon.', {
        metadata: { site: 'form' },
      });
      const ids = async () => {
        const response = await client.post('/ask', {
          ...{ question, collection: client.collection, cache: 'off', filter: { site: 'form' } },
        });
        const { sources = [] } = (await response.json()) as { sources?: { document: string }[] };
        return sources.map(({ document }) => document);
      };
      await expect.poll(ids, { timeout: 25_000, interval: 50 }).toEqual(['keys/form.txt']);
    });
  });
}
