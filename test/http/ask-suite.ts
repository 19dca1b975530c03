import { beforeAll, describe, expect, it } from 'vitest';
import { json, readEvents, type Answer } from './client.ts';
import type { Scene } from './describe-http.ts';

const question = 'How many metres high is the Raglan lighthouse?';

/** `POST /ask` in both forms. */
export function askSuite(scene: Scene): void {
  describe('ask', () => {
    beforeAll(async () => {
      const { client } = scene;
      const text =
        '# Lighthouse\n\nThe Raglan lighthouse is 31 metres high.\n\n## Lamp\n\nIts lamp turns twice a minute.\n';
      await client.put('lighthouse.md', text, 'text/markdown');
      await client.becomes('lighthouse.md', 'ready');
    });

    it('streams sources, deltas and one done, with ids that count', async () => {
      const { client } = scene;
      const body = { question, collection: client.collection, cache: 'off', stream: true };
      const response = await client.post('/ask', body);
      expect(response.headers.get('x-request-id')).toBeTruthy();
      expect(response.headers.get('cache-control')).toContain('no-cache');
      const events = await readEvents(response);
      const names = events.map((event) => event.event);
      expect(names).toEqual(['sources', ...names.slice(1, -1).map(() => 'delta'), 'done']);
      expect(names.length).toBeGreaterThan(2);
      expect(events.map((event) => event.id)).toEqual(names.map((_, at) => String(at + 1)));

      const [sources, ...rest] = events.map((event) => event.data);
      const text = rest.map((data) => (typeof data['text'] === 'string' ? data['text'] : '')).join('');
      expect(text).toContain('31');
      expect(sources).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{32}$/), cached: false });
      expectWhole({ answer: text, ...sources, ...rest.at(-1) } as unknown as Answer);
    });

    it('answers in one JSON piece with the same fields', async () => {
      const answer = await scene.client.ask(question);
      expect(answer.answer).toContain('31');
      expect(answer.cached).toBe(false);
      expectWhole(answer);
    });

    it.each([
      [{ accept: 'text/event-stream' }, undefined, 'text/event-stream'],
      [{ accept: 'application/json, text/event-stream;q=0.5' }, false, 'application/json'],
      [{ accept: 'application/json' }, true, 'text/event-stream'],
      [{}, undefined, 'application/json'],
    ])('with %j and stream: %s answers as %s', async (headers, stream, type) => {
      const { client } = scene;
      const response = await client.post(
        '/ask',
        { question, collection: client.collection, stream },
        headers,
      );
      expect(response.headers.get('content-type')).toContain(type);
      expect(await response.text()).toContain('finishReason');
    });

    it('serves the same question from the cache, unless told not to', async () => {
      const { client } = scene;
      // Nobody has asked this before in the suite's own collection.
      const own = 'How high is the Raglan lighthouse in metres?';
      const first = await client.ask(own, { cache: 'use' });
      expect(first.cached).toBe(false);
      expect(first.citations.length).toBeGreaterThan(0);
      // White space makes no other question.
      const cached = async () => (await client.ask(`  ${own}`, { cache: 'use' })).cached;
      await expect.poll(cached, { timeout: 5_000 }).toBe('exact');
      const hit = await client.ask(own, { cache: 'use' });
      expect(hit).toMatchObject({ answer: first.answer, sources: first.sources, citations: first.citations });
      expect(hit.cachedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
      expect(hit.usage).toEqual({ promptTokens: 0, completionTokens: 0 });
      expect((await client.ask(own, { cache: 'refresh' })).cached).toBe(false);
      expect((await client.ask(own, { cache: 'off' })).cached).toBe(false);
      expect((await client.ask(own, { cache: 'use', topK: 3 })).cached).toBe(false);
    });

    it('declines what the documents do not hold', async () => {
      const answer = await scene.client.ask('Which orchestra recorded the violin concerto in Vienna?');
      expect(answer).toMatchObject({ finishReason: 'declined', citations: [] });
    });

    it('sees no documents of other collections', async () => {
      const { client } = scene;
      const body = { question, collection: `${client.collection}-other`, stream: false };
      const answer = await json<Answer>(await client.post('/ask', body), 200);
      expect(answer).toMatchObject({ sources: [], citations: [], finishReason: 'declined' });
    });
  });
}

/** What holds for every whole answer. */
function expectWhole(answer: Answer): void {
  const numbers = answer.sources.map((source) => source.n);
  expect(numbers).toEqual(numbers.map((_, at) => at + 1));
  expect(answer.citations.length).toBeGreaterThan(0);
  expect(numbers).toEqual(expect.arrayContaining([...answer.citations]));
  for (const n of answer.citations) expect(answer.answer).toContain(`[${n}]`);
  const cited = answer.sources.filter((source) => answer.citations.includes(source.n));
  expect(cited.map((source) => source.document)).toContain('lighthouse.md');
  for (const { snippet } of answer.sources) expect(snippet.length).toBeLessThanOrEqual(240);
  expect(answer.finishReason).toBe('stop');
  expect(answer.usage.promptTokens).toBeGreaterThan(0);
  expect(answer.usage.completionTokens).toBeGreaterThan(0);
  expect(answer.servedBy).not.toBe('');
  const { steps, firstTokenMs, totalMs } = answer.timing;
  expect(firstTokenMs).toBeLessThanOrEqual(totalMs);
  // Max, not sum: the embedding and the documents start before the cache has replied.
  expect(steps.embed?.[0]).toBeLessThanOrEqual(steps.search?.[0] ?? -1);
  expect(steps.documents?.[0]).toBeLessThan(steps.embed?.[1] ?? -1);
  expect(steps.current?.[0]).toBeLessThan(steps.model?.[1] ?? -1);
}
