import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Scope } from '../../lib/rag/types.ts';
import { says } from '../wire/model-script.ts';
import { openCacheDesk, options, type CacheDesk, type HowAsked } from './cache-desk.ts';
import { only, refusing, slow, well, type Behaviour } from './cache-wire.ts';

let desk: CacheDesk;
beforeAll(async () => {
  // Whether a similar answer is served or looked at once more is left to chance otherwise.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  desk = await openCacheDesk();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await desk.close();
});

/** A scope of its own for each test, whose cache has learnt to serve answers to similar questions and holds one. */
let scope: Scope;
let count = 0;
beforeEach(async () => {
  desk.reset();
  count += 1;
  scope = `acme/test-${count}`;
  await desk.serve(scope, 'guide', 'The key named kestrel opens the lamp room.');
  await desk.serve(scope, 'decks', 'The engine stands on the fifth deck.');
  await desk.teach(scope);
  await ask(cached);
  desk.reset();
});

const cached = 'Which key opens the lamp room?';
const similar = 'What key opens the lamp room?';
const unlike = 'Which deck stands the engine on?';
const kestrel = 'The key named kestrel opens the lamp room. [1]';
const fifth = 'The engine stands on the fifth deck. [1]';

/** Less than one slow call takes, and much more than an answer on a busy machine. */
const budgetMs = 4_500;

/** What is done after an answer where a call of that may take longer than anybody waits: less than the SDK's tries take. */
const settleMs = 1_500;

const failing = refusing(500, 'InternalServerError');
const throttling = refusing(400, 'ThrottlingException');
const ways: [string, Behaviour][] = [
  ['failing', failing],
  ['slow', slow(5_000)],
  ['throttling', throttling],
  ['out of throughput', refusing(400, 'ProvisionedThroughputExceededException')],
];

/** Asks, and does all that is left to do after. */
async function ask(text: string, how?: HowAsked) {
  const { answer, settle } = desk.ask(scope, text, how);
  const { text: said, sources, done } = await answer;
  await settle();
  const { degraded, servedBy, timing } = done;
  return { said, cached: sources.cached, id: sources.id, degraded, servedBy, timing };
}

const fromTheModel = { cached: false, degraded: ['cache'], servedBy: 'lexical' };

describe.each(ways)('an answers table that is %s', (_, behaviour) => {
  it.each([
    [cached, kestrel],
    [similar, kestrel],
    [unlike, fifth],
  ])('is as good as none (%s)', async (text, said) => {
    desk.wire.behave(behaviour);
    expect(await ask(text, { budgetMs, settleMs })).toMatchObject({ ...fromTheModel, said });
    expect(desk.model.log.of('chat')).toHaveLength(1);
    // The report is made, and what could not be written is told.
    expect(desk.telemetry.reports).toMatchObject([{ outcome: 'stop', degraded: ['cache'] }]);
    expect(desk.failures.length).toBeGreaterThan(0);
  });

  it.each(['BatchGetItem', 'SearchVectors', 'GetItem exact'])('at %s is too', async (name) => {
    desk.wire.behave(only(name, behaviour));
    expect(await ask(similar, { budgetMs, settleMs })).toMatchObject({ ...fromTheModel, said: kestrel });
    expect(desk.failures).toEqual([]);
  });

  it('at the lease is too', async () => {
    desk.wire.behave(only('UpdateItem lease', behaviour));
    expect(await ask(unlike, { budgetMs, settleMs })).toMatchObject({ ...fromTheModel, said: fifth });
    desk.wire.behave(well);
    expect(await ask(unlike)).toMatchObject({ said: fifth, cached: 'exact', degraded: [] });
  });
});

describe.each([
  ['failing', failing, { code: 'storage_unavailable' }],
  // Tried again for longer than there is time after an answer.
  ['throttling', throttling, { name: 'TimeoutError' }],
])('what is written after an answer, %s', (_, behaviour, failure) => {
  const settled = async (name: string) => {
    desk.wire.behave(only(name, behaviour));
    const asked = await ask(unlike, behaviour === throttling ? { settleMs } : {});
    expect(asked).toMatchObject({ said: fifth, cached: false, degraded: [] });
    desk.wire.behave(well);
    return asked;
  };
  const given = (id: string) => desk.cache.served.get({ tenant: 'acme', id }, options);
  const learnt = async () => (await desk.cache.answers.state(scope, options)).counters;

  it('is told and loses nothing else: the answer', async () => {
    const before = await learnt();
    const { id } = await settled('PutItem exact');
    expect(desk.failures).toMatchObject([failure]);
    expect(await given(id)).toMatchObject({ cached: false });
    expect(await learnt()).not.toEqual(before);
    // Nobody waits for it: the lease is given up.
    expect(await ask(unlike)).toMatchObject({ said: fifth, cached: false, degraded: [] });
  });

  it('is told and loses nothing else: what was learnt', async () => {
    const { id } = await settled('UpdateItem state');
    expect([...desk.failures, ...desk.telemetry.failures]).toMatchObject([failure]);
    expect(await given(id)).toMatchObject({ cached: false });
    expect(await ask(unlike)).toMatchObject({ said: fifth, cached: 'exact' });
  });

  it('is told and loses nothing else: to whom it was given', async () => {
    const { id } = await settled('PutItem answer');
    expect(desk.failures).toMatchObject([failure]);
    expect(await given(id)).toBeUndefined();
    expect(await ask(unlike)).toMatchObject({ said: fifth, cached: 'exact' });
  });

  it('is told and loses nothing else: that the lease is given up', async () => {
    await settled('DeleteItem lease');
    expect(desk.failures).toMatchObject([failure]);
    expect(await ask(unlike)).toMatchObject({ said: fifth, cached: 'exact' });
  });
});

it('a lease that could not be renewed once is renewed the next time, but not after it was given up', async () => {
  const { promise: until, resolve: say } = Promise.withResolvers<void>();
  desk.script.chat = () => ({ ...says(fifth), until });
  const { answer, settle } = desk.ask(scope, unlike);
  await desk.model.log.until((calls) => calls.some(({ name }) => name === 'chat'));
  const seen = (count: number) =>
    desk.wire.log.until((calls) => calls.filter(({ name }) => name === 'UpdateItem lease').length === count);
  desk.wire.behave(only('UpdateItem lease', failing));
  // It was taken, and the SDK tries three times to renew it.
  await seen(1 + 3);
  const settled = Promise.withResolvers<void>();
  const late = new Promise((resolve) => {
    const afterwards: Behaviour = async (_, pass) => {
      await settled.promise;
      const reply = await pass();
      resolve(reply);
      return reply;
    };
    desk.wire.behave(only('UpdateItem lease', afterwards));
  });
  await seen(1 + 3 + 1);
  say();
  expect((await answer).text).toBe(fifth);
  await settle();
  settled.resolve();
  expect(await late).toMatchObject({
    status: 400,
    body: { __type: expect.stringContaining('ConditionalCheckFailed') as string },
  });
});
