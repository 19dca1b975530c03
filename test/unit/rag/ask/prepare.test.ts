import { describe, expect, it } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { embedText, prepareAnswer } from '../../../../lib/rag/ask/prepare.ts';
import type { Reranker } from '../../../../lib/rag/ports/models.ts';
import { startRun } from '../../../../lib/rag/ask/run.ts';
import type { Question } from '../../../../lib/rag/types.ts';
import { finish, type Reply } from '../../../fakes/chat.ts';
import { createWorld, question, type World } from '../../../fakes/world.ts';

const { signal } = new AbortController();

/** Prepares an answer as `ask` does. */
function prepare(world: World, asked: Question, reranker?: Reranker) {
  const run = startRun(world.telemetry, signal);
  const deps = { ...world, ...(reranker && { reranker }) };
  const vector = embedText(deps.embeddings, run, asked.text, signal);
  return { run, prepared: prepareAnswer(deps, run, asked, { vector }, signal) };
}

describe('a reranker', () => {
  const doors = () => {
    const world = createWorld();
    world.serve('red', 'v1', ['the red door']);
    world.serve('blue', 'v1', ['the blue door is old']);
    return world;
  };
  const firstOf = (sources: readonly { document: string }[]) => sources[0]?.document;

  it('decides on the order of what was found', async () => {
    const without = await prepare(doors(), question('which red door?')).prepared;
    const reranker: Reranker = {
      rerank: async (_, texts) => texts.map((text) => (text.includes('blue') ? 0.9 : 0.1)),
    };
    const reranked = await prepare(doors(), question('which red door?'), reranker).prepared;
    expect([firstOf(without.sources), firstOf(reranked.sources)]).toEqual(['red', 'blue']);
  });

  it('reads fifty passages, however few the answer is to rest on', async () => {
    const world = createWorld();
    for (let n = 0; n < 120; n += 1) world.serve(`door-${n}`, 'v1', [`the red door number ${n}`]);
    const read: number[] = [];
    const reranker: Reranker = {
      rerank: async (_, texts) => {
        read.push(texts.length);
        return texts.map((_, index) => index);
      },
    };
    const { sources } = await prepare(world, question('which red door?', { topK: 3 }), reranker).prepared;
    expect([read, sources.length]).toEqual([[50], 3]);
  });

  it('that fails leaves the order as it was, and the answer says so', async () => {
    const reranker: Reranker = { rerank: () => Promise.reject(new RagError('model_busy', 'Busy.')) };
    const { run, prepared } = prepare(doors(), question('which red door?'), reranker);
    expect(firstOf((await prepared).sources)).toBe('red');
    expect(Array.from(run.degraded)).toEqual(['rerank']);
  });
});

describe('a question with a history', () => {
  const history = [
    { role: 'user', content: 'Tell me of the lighthouse.' },
    { role: 'assistant', content: 'It stands on a rock [1].' },
  ] as const;
  /** Rewrites the question where it is asked to, and answers otherwise. */
  const rewriting = (messages: readonly { content: string }[]): Reply =>
    messages.at(-1)!.content.startsWith('Conversation:')
      ? ['Who keeps the lighthouse?', finish]
      : ['Nobody [1].', finish];

  it('is retrieved for as it was asked while it is rewritten, and then as it reads alone', async () => {
    const world = createWorld(rewriting);
    world.serve('lighthouse', 'v1', ['nobody keeps the lighthouse']);
    const rewrite = world.calls.hold('chat.next');
    const { prepared } = prepare(world, question('Who keeps it?', { history }));
    await world.calls.made('chunks.search');
    expect(world.calls.open()).toContain('chat.next');
    expect(world.calls.of('embed').map(({ input }) => input)).toEqual([['Who keeps it?']]);
    rewrite.release();
    expect((await prepared).sources.map(({ document }) => document)).toEqual(['lighthouse']);
    expect(world.calls.of('embed').map(({ input }) => input)).toEqual([
      ['Who keeps it?'],
      ['Who keeps the lighthouse?'],
    ]);
  });

  it('is searched for anew with what it was rewritten to when a source has changed', async () => {
    const world = createWorld(rewriting);
    world.serve('lighthouse', 'v1', ['nobody keeps the lighthouse']);
    world.calls.before('documents.recent', () => Promise.reject(new Error('slow index')));
    world.calls.before('documents.getMany', () => {
      if (world.calls.of('documents.getMany').length === 1)
        world.serve('lighthouse', 'v2', ['somebody keeps the lighthouse']);
    });
    const { sources, restarts } = await prepare(world, question('Who keeps it?', { history })).prepared;
    expect([sources.map(({ snippet }) => snippet), restarts]).toEqual([['somebody keeps the lighthouse'], 1]);
    const { input } = world.calls.of('keywords.search').at(-1)!;
    expect(input).toMatchObject({ terms: expect.arrayContaining(['lighthous']) as string[] });
    expect(world.calls.of('embed')).toHaveLength(2);
  });
});

it('the sources of documents that are known to have changed lately say when', async () => {
  let prompt = '';
  const world = createWorld((messages) => {
    prompt = messages.at(-1)!.content;
    return ['Yes [1].', finish];
  });
  world.serve('guide', 'v1', ['the red door']);
  await prepare(world, question('which door?')).prepared;
  expect(prompt).toContain(new Date().toISOString().slice(0, 10));
});
