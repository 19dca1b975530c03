import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { observe, readCounts } from '../../../lib/rag/cache/thresholds-counts.ts';
import { servedCells } from '../../../lib/rag/cache/thresholds.ts';
import { finish } from '../../fakes/chat.ts';
import { call, createService, errorOf, parsed, post } from './calling.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_900_000_000_000 }));
afterEach(() => void vi.useRealTimers());

type Service = ReturnType<typeof createService>;

function withDocuments(): Service {
  const service = createService(() => ['Yes [1].', finish]);
  service.serve('guides/red', 'v1', ['the red door']);
  service.serve('blue', 'v1', ['the azure window']);
  service.serve('red', 'v1', ['the red door'], 'default/other');
  return service;
}

/** Asks for one source alone, and lets a second go by. */
async function ask({ api }: Service, question: string, collection = 'main') {
  const response = await post(api, '/ask', { question, collection, topK: 1 });
  await response.afterResponse?.();
  vi.setSystemTime(Date.now() + 1_000);
  return parsed(response)['cached'];
}

const [door, window] = ['red door?', 'azure window?'];

async function fill(service: Service): Promise<void> {
  await ask(service, door);
  await ask(service, window);
  await ask(service, door, 'other');
}

const cachedOf = async (service: Service) => [
  await ask(service, door),
  await ask(service, window),
  await ask(service, door, 'other'),
];

describe('DELETE /cache', () => {
  it.each([
    ['the answers that rest on a document', '?document=guides/red', [false, 'exact', 'exact']],
    ['the answers of a collection', '?collection=other', ['exact', 'exact', false]],
    ['the answers of main unless it says otherwise', '', [false, false, 'exact']],
  ])('takes away %s', async (_, query, cached) => {
    const service = withDocuments();
    await fill(service);
    expect(await cachedOf(service)).toEqual(['exact', 'exact', 'exact']);
    const response = await call(service.api, 'DELETE', `/cache${query}`);
    expect([response.status, response.body]).toEqual([204, '']);
    vi.setSystemTime(Date.now() + 1);
    expect(await cachedOf(service)).toEqual(cached);
    // What is made afterwards is kept again.
    expect(await cachedOf(service)).toEqual(['exact', 'exact', 'exact']);
  });

  it('knows no document that is not there, nor one of another collection', async () => {
    const service = withDocuments();
    for (const query of ['?document=none', '?document=blue&collection=other']) {
      const response = await call(service.api, 'DELETE', `/cache${query}`);
      expect([response.status, errorOf(response)['code']]).toEqual([404, 'not_found']);
    }
  });

  it.each([
    ['a misspelt field', 'DELETE', '?documents=blue', 'documents'],
    ['a document that is no id', 'DELETE', '?document=..', 'document'],
    ['a collection that is no name', 'DELETE', '?collection=A', 'collection'],
    ['a field that the reading has not', 'GET', '?document=blue', 'document'],
  ])('refuses %s and purges nothing', async (_, method, query, named) => {
    const service = withDocuments();
    const response = await call(service.api, method, `/cache${query}`);
    expect([response.status, errorOf(response)['code']]).toEqual([400, 'invalid_request']);
    expect(errorOf(response)['message']).toContain(named);
    expect(service.calls.of('answers.purge')).toEqual([]);
  });

  it('has a limit in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const service = withDocuments();
    service.calls.hold('answers.purge');
    const purging = call(service.api, 'DELETE', '/cache');
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await purging).status).toBe(504);
    expect(service.calls.open()).toEqual([]);
  });
});

describe('GET /cache', () => {
  const read = async ({ api }: Service, query = '') => {
    const response = await call(api, 'GET', `/cache${query}`);
    expect(response.status).toBe(200);
    return parsed(response);
  };

  it('knows nothing of a collection that was never asked', async () => {
    expect(await read(withDocuments(), '?collection=new')).toEqual({
      ...{ collection: 'new', maxErrorRate: 0.01, refused: {}, similar: { isServed: false } },
      learnt: { questions: 0, right: 0, wrong: 0 },
    });
  });

  it('counts questions, and why the guard refused what was near', async () => {
    const service = withDocuments();
    await ask(service, 'is the red door open?');
    await ask(service, 'is the red door not open?');
    await ask(service, 'is the red door open at 9?');
    await call(service.api, 'DELETE', '/cache');
    const { learnt, refused, purgedAt } = await read(service);
    expect(learnt).toMatchObject({ questions: 3 });
    expect(refused).toEqual({ negation: 1, number: 1 });
    expect(purgedAt).toBe(new Date().toISOString());
    expect(await read(service, '?collection=other')).toMatchObject({ refused: {} });
  });

  it('tells from where on similar answers are served, and how wrong they are', async () => {
    const service = withDocuments();
    const counters: Record<string, number> = {};
    const learn = (agreement: number, isRight: boolean, times: number) => {
      for (let time = 0; time < times; time += 1) {
        const known = { nearness: { similarity: 0.9, agreement }, questions: 1, isRight };
        for (const [name, by] of Object.entries(observe(counters, known, Math.random)))
          counters[name] = (counters[name] ?? 0) + by;
      }
    };
    learn(0.97, true, 400);
    learn(0.3, false, 100);
    learn(0.3, true, 100);
    service.answers.states.set('default/main', { counters });
    const { learnt, similar } = await read(service);
    expect(learnt).toEqual({ questions: 600, right: 500, wrong: 100 });
    expect(similar).toMatchObject({
      isServed: true,
      shareOfQuestions: expect.closeTo(400 / 600, 5) as number,
    });
    const { fromAgreement, errorRate } = similar as Record<string, number>;
    expect(fromAgreement).toBeGreaterThan(0.3);
    expect(fromAgreement).toBeLessThanOrEqual(0.97);
    // What is taken for the error where nothing went wrong is the thresholds' affair.
    const [error] = servedCells(readCounts(counters), 0.01).values();
    expect(errorRate).toBeCloseTo(error! * (400 / 600), 8);
  });
});
