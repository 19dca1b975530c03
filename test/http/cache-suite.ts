import { beforeAll, describe, expect, it } from 'vitest';
import { json, readEvents, type Answer } from './client.ts';
import type { Scene } from './describe-http.ts';

const ferry = 'From which quay does the Skelmorlie ferry sail?';
const mill = 'Who grinds the barley in the Dunmore mill?';

/** What `GET /cache` says. */
interface Description {
  collection: string;
  purgedAt?: string;
  maxErrorRate: number;
  learnt: { questions: number; right: number; wrong: number };
  similar: { isServed: boolean };
  refused: Record<string, number>;
}

/** The answer cache: hits, what ends them, feedback, and what it has learnt. */
export function cacheSuite(scene: Scene): void {
  describe('the cache', () => {
    const put = async (id: string, text: string) => {
      await scene.client.put(id, text, 'text/plain');
      await scene.client.becomes(id, 'ready');
    };
    // One source only, so that an answer rests on one document.
    const ask = (question: string, cache = 'use') => scene.client.ask(question, { cache, topK: 1 });
    /** The answer from the cache, once what comes after the first one's last byte is done. */
    const hit = async (question: string): Promise<Answer> => {
      let answer = await ask(question);
      const again = async () => (answer = await ask(question)).cached;
      await expect.poll(again, { timeout: 5_000 }).toBe('exact');
      return answer;
    };
    const statusOf = async (method: string, path: string) => {
      const response = await scene.target.fetch(path, { method });
      return { status: response.status, text: await response.text() };
    };
    const purge = (query = '') => statusOf('DELETE', `/cache?collection=${scene.client.collection}${query}`);
    const tell = async (id: string, body: unknown) =>
      (await scene.client.post(`/answers/${id}/feedback`, body)).status;
    /** An answer's id is known from a moment after its end. */
    const told = (id: string, body: unknown) =>
      expect.poll(() => tell(id, body), { timeout: 5_000 }).toBe(204);
    const read = async () =>
      json<Description>(await scene.target.fetch(`/cache?collection=${scene.client.collection}`), 200);

    beforeAll(async () => {
      await put('ferry.txt', 'The Skelmorlie ferry sails from the eastern quay.');
      await put('mill.txt', 'Fergus grinds the barley in the Dunmore mill.');
    });

    it('streams a cached answer like a live one, and says from when it is', async () => {
      const { client } = scene;
      const { answer, cachedAt } = await hit(ferry);
      const body = { question: ferry, collection: client.collection, topK: 1, stream: true };
      const events = await readEvents(await client.post('/ask', body));
      const [sources, ...rest] = events;
      const done = rest.pop();
      expect(sources).toMatchObject({ event: 'sources', data: { cached: 'exact', cachedAt } });
      expect(rest.length).toBeGreaterThan(1);
      expect(rest.map(({ data }) => data['text']).join('')).toBe(answer);
      expect(done).toMatchObject({
        event: 'done',
        data: { finishReason: 'stop', usage: { promptTokens: 0, completionTokens: 0 } },
      });
      expect(done?.data['timing']).not.toHaveProperty('steps.model');
    });

    it('has no answer any more whose document has changed', async () => {
      expect((await hit(ferry)).answer).toContain('eastern');
      await put('ferry.txt', 'The Skelmorlie ferry sails from the western quay.');
      const answer = await ask(ferry);
      expect(answer.cached).toBe(false);
      expect(answer.answer).toContain('western');
    });

    it('is purged of what rests on a document, and of all', async () => {
      await hit(ferry);
      await hit(mill);
      expect(await purge('&document=ferry.txt')).toEqual({ status: 204, text: '' });
      expect([(await ask(ferry)).cached, (await ask(mill)).cached]).toEqual([false, 'exact']);
      await hit(ferry);
      expect(await purge()).toEqual({ status: 204, text: '' });
      expect([(await ask(ferry)).cached, (await ask(mill)).cached]).toEqual([false, false]);
      await hit(ferry);
      expect((await purge('&document=no-such.txt')).status).toBe(404);
      expect((await purge('&documents=ferry.txt')).status).toBe(400);
    });

    it('does not give an answer again that a person found wrong, and hears each of them once', async () => {
      const { id } = await hit(mill);
      await told(id, { right: false, note: 'It was Angus.' });
      expect((await ask(mill)).cached).toBe(false);
      await hit(mill);
      await told(id, { right: false });
      expect((await ask(mill)).cached).toBe('exact');
    });

    it('knows nothing of answers that nobody was given', async () => {
      expect(await tell('0'.repeat(32), { right: true })).toBe(404);
      const { id } = await hit(mill);
      expect(await tell(id, { right: true, why: 'x' })).toBe(400);
    });

    it('is passed by with off, and written anew with refresh', async () => {
      const { cachedAt } = await hit(mill);
      const off = await ask(mill, 'off');
      expect(off.cached).toBe(false);
      expect((await ask(mill)).cachedAt).toBe(cachedAt);
      expect(await tell(off.id, { right: true })).toBe(404);
      expect((await ask(mill, 'refresh')).cached).toBe(false);
      const isNewer = async () => ((await ask(mill)).cachedAt ?? '') > (cachedAt ?? '');
      await expect.poll(isNewer, { timeout: 5_000 }).toBe(true);
    });

    it('tells what it has learnt, and why it refused what was near', async () => {
      const before = await read();
      expect(before).toMatchObject({ collection: scene.client.collection, similar: { isServed: false } });
      expect(before.purgedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
      expect(before.maxErrorRate).toBeLessThanOrEqual(0.2);
      let minutes = 10;
      const learnt = async () => {
        await ask(`From which quay does the Skelmorlie ferry sail at 7:${(minutes += 1)}?`);
        const { refused, learnt } = await read();
        const refusals = Object.values(refused).reduce((sum, count) => sum + count, 0);
        return { refusals: refusals > 0, questions: learnt.questions > before.learnt.questions };
      };
      await expect.poll(learnt, { timeout: 10_000 }).toEqual({ refusals: true, questions: true });
    });
  });
}
