import { beforeAll, describe, expect, it, vi } from 'vitest';
import { json, type Answer } from './client.ts';
import type { Scene } from './describe-http.ts';

/** A job as `GET /jobs/{id}` shows it. */
interface JobView {
  id: string;
  state: string;
  questions: number;
  results: { index: number; answer?: Answer; error?: { code: string } }[];
  webhook?: { url: string; state: string; attempts: number; reason?: string };
}

/** Questions in the background. */
export function jobsSuite(scene: Scene): void {
  describe('jobs', () => {
    const read = async (id: string) => json<JobView>(await scene.target.fetch(`/jobs/${id}`), 200);
    const create = async (body: object) =>
      json<{ id: string; state: string; webhook?: { secret: string } }>(
        await scene.client.post('/jobs', body),
        202,
      );
    const becomes = (id: string, expected: object) =>
      vi.waitFor(
        async () => {
          const job = await read(id);
          expect(job).toMatchObject(expected);
          return job;
        },
        { timeout: 25_000, interval: 50 },
      );

    beforeAll(async () => {
      await scene.client.put('winches', 'The winch of the pier is painted green.', 'text/plain');
      await scene.client.becomes('winches', 'ready');
    });

    it('answers every question as /ask does', async () => {
      const { collection } = scene.client;
      const texts = ['What colour is the winch of the pier?', 'Who sang at the opera in Paris?'];
      const questions = texts.map((question) => ({ question, collection, cache: 'off' }));
      const { id, state } = await create({ questions });
      expect(state).toBe('queued');
      const { results } = await becomes(id, { state: 'done', questions: 2 });
      expect(results.map(({ index }) => index)).toEqual([0, 1]);
      for (const { index, answer } of results) {
        const asked = await scene.client.ask(texts[index] ?? '');
        expect(answer).toMatchObject({
          answer: asked.answer,
          finishReason: asked.finishReason,
          citations: asked.citations,
        });
      }
      expect(results[0]?.answer?.answer).toContain('green');
      expect(results[1]?.answer?.finishReason).toBe('declined');
    });

    it('takes no webhook to an address of the inside', async () => {
      const { collection } = scene.client;
      const body = {
        questions: [{ question: 'Which winch?', collection }],
        webhook: { url: 'https://169.254.169.254/latest/meta-data/' },
      };
      const { error } = await json<{ error: { code: string; message: string } }>(
        await scene.client.post('/jobs', body),
        400,
      );
      expect(error.code).toBe('invalid_request');
      expect(error.message).toContain('webhook.url');
    });

    it('gives the secret that its webhook is signed with', async () => {
      const { collection } = scene.client;
      const webhook = { url: 'https://hooks.example/' };
      const created = await create({ questions: [{ question: 'Which winch?', collection }], webhook });
      expect(created.webhook?.secret).toMatch(/^whsec_/);
      expect((await read(created.id)).webhook).toMatchObject(webhook);
    });

    it('knows nothing of ids that are none', async () => {
      expect((await scene.target.fetch(`/jobs/${'0'.repeat(32)}`)).status).toBe(404);
      expect((await scene.target.fetch('/jobs/none')).status).toBe(404);
    });
  });
}
