import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { cellCount } from '../../../lib/rag/cache/thresholds-counts.ts';
import { finish } from '../../fakes/chat.ts';
import { call, createService, errorOf, parsed, post } from './calling.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

type Service = ReturnType<typeof createService>;

function withGuide(): Service {
  const service = createService(() => ['It is red [1].', finish]);
  service.serve('guide', 'v1', ['the red door']);
  return service;
}

/** Asks and waits for what is done after the answer, so that its id is known. */
async function ask({ api }: Service, more: Record<string, unknown> = {}) {
  const response = await post(api, '/ask', { question: 'which door?', ...more });
  await response.afterResponse?.();
  return parsed(response) as { id: string; cached: false | string };
}

const tell = ({ api }: Service, id: string, body: unknown) => post(api, `/answers/${id}/feedback`, body);

describe('POST /answers/{id}/feedback', () => {
  it('takes a wrong answer away from the next who asks the same', async () => {
    const service = withGuide();
    await ask(service);
    const hit = await ask(service);
    expect(hit.cached).toBe('exact');
    const response = await tell(service, hit.id, { right: false, note: 'It is blue.' });
    expect([response.status, response.body]).toEqual([204, '']);
    expect((await ask(service)).cached).toBe(false);
    expect(service.calls.of('chat.open')).toHaveLength(2);
  });

  it('keeps a right one, and counts it once whatever is said afterwards', async () => {
    const service = withGuide();
    const { id } = await ask(service);
    for (const right of [true, true, false]) expect((await tell(service, id, { right })).status).toBe(204);
    const [entry] = service.answers.entries.values();
    expect([entry!.right, entry!.wrong]).toEqual([1, 0]);
    expect(service.served.entries.get(`default ${id}`)!.verdict).toEqual({ isRight: true });
    expect((await ask(service)).cached).toBe('exact');
  });

  it.each([
    ['right', true],
    ['wrong', false],
  ])(
    'teaches the cache that a similar answer was %s, which stays for its own question',
    async (name, right) => {
      // Neither explored nor counted for others.
      vi.spyOn(Math, 'random').mockReturnValue(0.5);
      const service = withGuide();
      await ask(service);
      // So much is known of every agreement that none is in doubt.
      const known = Array.from({ length: cellCount }, (_, cell) => [
        [`asked${cell}`, 10],
        [`right${cell}`, 35],
      ]);
      const counters = Object.fromEntries(known.flat()) as Record<string, number>;
      service.answers.states.set('default/main', { counters: { ...counters } });
      const similar = await ask(service, { question: 'so which door, please?' });
      expect(similar.cached).toBe('similar');

      expect((await tell(service, similar.id, { right })).status).toBe(204);
      const after = service.answers.states.get('default/main')!.counters;
      const grown = Object.keys(after).filter((each) => after[each] !== (counters[each] ?? 0));
      expect(grown).toEqual([expect.stringMatching(`^${name}\\d+$`)]);
      const [entry] = service.answers.entries.values();
      expect([entry!.right, entry!.wrong]).toEqual(right ? [1, 0] : [0, 1]);
      expect((await ask(service)).cached).toBe('exact');
    },
  );

  it('knows no answer that was not given, was given to another tenant, or more than a day ago', async () => {
    const service = withGuide();
    const { id } = await ask(service);
    const unknown = await tell(service, 'a'.repeat(32), { right: true });
    expect([unknown.status, errorOf(unknown)['code']]).toEqual([404, 'not_found']);

    const entry = service.served.entries.get(`default ${id}`)!;
    service.served.entries.delete(`default ${id}`);
    service.served.entries.set(`acme ${id}`, entry);
    expect((await tell(service, id, { right: false })).status).toBe(404);
    expect(entry.verdict).toBeUndefined();

    service.served.entries.set(`default ${id}`, entry);
    vi.setSystemTime(Date.now() + 24 * 60 * 60 * 1_000);
    expect((await tell(service, id, { right: false })).status).toBe(404);
  });

  it('knows no answer that was asked for with cache "off"', async () => {
    const service = withGuide();
    const { id } = await ask(service, { cache: 'off' });
    expect((await tell(service, id, { right: true })).status).toBe(404);
  });

  it.each([
    ['without a verdict', {}, 'right'],
    ['with a verdict in words', { right: 'no' }, 'right'],
    ['with a note of 2,001 characters', { right: true, note: 'x'.repeat(2_001) }, 'note'],
    ['with an unknown field', { right: true, comment: 'x' }, 'comment'],
  ])('refuses a body %s', async (_, body, named) => {
    const service = withGuide();
    const { id } = await ask(service);
    const response = await tell(service, id, body);
    expect([response.status, errorOf(response)['code']]).toEqual([400, 'invalid_request']);
    expect(errorOf(response)['message']).toContain(named);
    expect(service.served.entries.get(`default ${id}`)!.verdict).toBeUndefined();
  });

  it.each(['xyz', 'A'.repeat(32), 'a'.repeat(33), '%2e%2e'])('has nothing at the id %s', async (id) => {
    expect((await tell(withGuide(), id, { right: true })).status).toBe(404);
  });

  it('takes a POST only', async () => {
    const response = await call(withGuide().api, 'GET', `/answers/${'a'.repeat(32)}/feedback`);
    expect([response.status, response.headers['allow']]).toEqual([405, 'POST']);
  });
});
