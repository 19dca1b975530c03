import { SearchVectorsCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createFeedback } from '../../lib/rag/cache/feedback.ts';
import { createPurge } from '../../lib/rag/cache/purge.ts';
import type { Scope } from '../../lib/rag/types.ts';
import { openCacheDesk, options, type CacheDesk, type HowAsked } from './cache-desk.ts';
import { only } from './cache-wire.ts';

let desk: CacheDesk;
beforeAll(async () => {
  desk = await openCacheDesk();
});
afterAll(() => desk.close());

/** Two tenants with a collection of the same name and a document of the same id and version, which says something else. */
let acme: Scope;
let other: Scope;
let count = 0;
beforeEach(async () => {
  // Whether a similar answer is served or looked at once more is left to chance otherwise.
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  // No budget runs out, however slow the machine: an answer without keywords is not kept, and what is similar but late is
  // not waited for.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  count += 1;
  acme = `acme-${count}/main`;
  other = `other-${count}/main`;
  await desk.serve(acme, 'guide', 'The key named kestrel opens the lamp room.');
  await desk.serve(other, 'guide', 'The key named merlin opens the lamp room.');
  desk.reset();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const question = 'Which key opens the lamp room?';
const similar = 'What key opens the lamp room?';
const kestrel = 'The key named kestrel opens the lamp room. [1]';
const merlin = 'The key named merlin opens the lamp room. [1]';

/** Asks, and does all that is left to do after. */
async function ask(scope: Scope, text = question, how?: HowAsked) {
  const { answer, settle } = desk.ask(scope, text, how);
  const { text: said, sources, done } = await answer;
  await settle();
  expect(desk.failures).toEqual([]);
  return { said, cached: sources.cached, id: sources.id, steps: done.timing.steps };
}

const chatCalls = () => desk.model.log.of('chat').length;
const lastReport = () => desk.telemetry.reports.at(-1)!;

describe('two tenants who ask the same', () => {
  it('have each their own exact answer', async () => {
    expect(await ask(acme)).toMatchObject({ said: kestrel, cached: false });
    expect(await ask(other)).toMatchObject({ said: merlin, cached: false });
    expect(await ask(acme)).toMatchObject({ said: kestrel, cached: 'exact' });
    expect(await ask(other)).toMatchObject({ said: merlin, cached: 'exact' });
    expect(chatCalls()).toBe(2);
  });

  it('have each their own similar answer', async () => {
    await desk.teach(acme);
    await desk.teach(other);
    await ask(acme);
    expect(await ask(acme, similar)).toMatchObject({ said: kestrel, cached: 'similar' });
    expect(await ask(other, similar)).toMatchObject({ said: merlin, cached: false });
    expect(lastReport().similar).toBe('none');
    expect(await ask(other)).toMatchObject({ said: merlin, cached: 'similar' });
  });

  it('learn each for themselves what may be served', async () => {
    await desk.teach(acme);
    await ask(other);
    expect(await ask(other, similar)).toMatchObject({ said: merlin, cached: false });
    expect(lastReport().similar).toBe('unsure');
  });

  it('at once, in one process, have each a call of their own', async () => {
    const [one, two] = await Promise.all([ask(acme), ask(other)]);
    expect([one.said, two.said]).toEqual([kestrel, merlin]);
    expect(chatCalls()).toBe(2);
    expect(desk.telemetry.reports.map(({ isShared }) => isShared)).toEqual([false, false]);
  });

  it('in two processes have each the lead', async () => {
    const { chat } = desk.script;
    desk.script.chat = () => ({ kind: 'hang' });
    const caller = new AbortController();
    const leading = desk.ask(acme, question, { signal: caller.signal });
    await desk.model.log.until((calls) => calls.some(({ name }) => name === 'chat'));
    desk.script.chat = chat;
    const following = await ask(other, question, { by: desk.newProcess() });
    expect(following).toMatchObject({ said: merlin, cached: false });
    expect(following.steps.wait).toBeUndefined();
    caller.abort(new Error('left'));
    await expect(leading.answer).rejects.toThrow('left');
    await leading.settle();
  });

  it('cannot judge each other’s answers', async () => {
    const takeFeedback = createFeedback(desk.cache);
    const { id } = await ask(acme);
    const judge = (scope: Scope) =>
      takeFeedback({ tenant: scope.split('/')[0]!, id }, { isRight: false }, options);
    await expect(judge(other)).rejects.toMatchObject({ code: 'not_found' });
    expect(await ask(acme)).toMatchObject({ cached: 'exact' });
    await judge(acme);
    expect(await ask(acme)).toMatchObject({ cached: false });
  });

  it.each([undefined, 'guide'])('purge each their own (document: %s)', async (document) => {
    const purge = createPurge({ ...desk.cache, documents: desk.documents });
    await ask(acme);
    await ask(other);
    await purge({ scope: acme, ...(document !== undefined && { document }) }, options);
    expect(await ask(other)).toMatchObject({ said: merlin, cached: 'exact' });
    expect(await ask(acme)).toMatchObject({ said: kestrel, cached: false });
  });
});

describe('an index that brings what was not asked for', () => {
  beforeEach(async () => {
    await desk.teach(acme);
    await desk.teach(other);
  });

  /** From now on the search for similar answers brings what one of this scope and shape would have brought. */
  const bring = async (scope: Scope, howAsked?: HowAsked) => {
    desk.wire.log.clear();
    await ask(scope, question, howAsked);
    const search = desk.wire.log.of('SearchVectors')[0]!.body as SearchVectorsCommand['input'];
    const { SearchResults } = await desk.direct.send(new SearchVectorsCommand(search));
    expect(SearchResults).toHaveLength(1);
    desk.wire.behave(only('SearchVectors', async () => ({ status: 200, body: { SearchResults } })));
  };

  it('does not have another tenant’s answer served', async () => {
    await bring(other);
    expect(await ask(acme, similar)).toMatchObject({ said: kestrel, cached: false });
    // Not even looked at.
    expect(lastReport()).toMatchObject({ similar: 'none', refused: [] });
    expect(await ask(other, similar)).toMatchObject({ said: merlin, cached: 'similar' });
  });

  it('does not have an answer of another shape served', async () => {
    await bring(acme, { topK: 3 });
    expect(await ask(acme, similar)).toMatchObject({ said: kestrel, cached: false });
    expect(lastReport()).toMatchObject({ similar: 'none', refused: [] });
    expect(await ask(acme, similar, { topK: 3 })).toMatchObject({ said: kestrel, cached: 'similar' });
  });
});
