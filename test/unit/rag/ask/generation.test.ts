import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { createWorld } from '../../../fakes/world.ts';
import { finish, fakeUsage, type Reply } from '../../../fakes/chat.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';

function answering(reply: Reply) {
  const world = createWorld(() => reply);
  world.serve('guide', 'v1', ['the red door']);
  world.serve('map', 'v1', ['the red gate']);
  return { world, ...world.start('which door?') };
}

const filtered = { type: 'finish', reason: 'filtered', usage: fakeUsage } as const;

describe('a stream without a finish reason', () => {
  it.each([
    ['before the first token', [], 0],
    ['after the first token', ['Yes, the red ', 'door [1].'], 2],
    ['while its start was held back', ['NOT_IN_SOU'], 0],
  ])('that ends %s is a cut answer, with usage, and is not kept', async (_, reply, deltas) => {
    const { world, events, settle } = answering(reply);
    const { events: seen, error } = await collectFailure(events);
    expect(seen.filter((event) => event.type === 'delta')).toHaveLength(deltas);
    const completionTokens = Math.ceil(reply.join('').length / 4.2);
    expect(error).toMatchObject({ code: 'answer_cut', retryable: true, usage: { completionTokens } });
    expect((error as RagError).usage!.promptTokens).toBeGreaterThan(100);
    await settle();
    expect(world.calls.of('answers.put')).toEqual([]);
    expect(world.telemetry.reports).toMatchObject([
      { outcome: 'error', errorCode: 'answer_cut', usage: { completionTokens } },
    ]);
  });

  it('tells the failure that upstream sent in it, with what it was', async () => {
    const busy = new RagError('model_busy', 'The model takes no more.', { retryAfterMs: 3_000 });
    const { world, events, settle } = answering(['Yes ', busy]);
    const { error } = await collectFailure(events);
    const usage = { completionTokens: 1 };
    expect(error).toMatchObject({ code: 'model_busy', message: busy.message, retryAfterMs: 3_000, usage });
    await settle();
    expect(world.calls.of('answers.put')).toEqual([]);
  });
});

it('an answer that the content filter stopped is refused, with usage, and not kept', async () => {
  const { world, events, settle } = answering(['Yes ', filtered]);
  expect((await collectFailure(events)).error).toMatchObject({ code: 'model_rejected', usage: fakeUsage });
  await settle();
  expect(world.calls.of('answers.put')).toEqual([]);
});

it('an answer of no words is whole', async () => {
  const { done, text } = await collect(answering([finish]).events);
  expect([text, done.finishReason, done.usage]).toEqual(['', 'stop', fakeUsage]);
});

/** The text in pieces of the given lengths, then the rest. */
function cut(text: string, lengths: readonly number[]): string[] {
  const pieces: string[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return [...pieces, text.slice(at)].filter((piece) => piece !== '');
}

const lengths = fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 20 });

describe('declining', () => {
  it.each(['NOT_IN_SOURCES', '\n NOT_IN_SOURCES\n', 'NOT_IN_SOURCES. The sources are about doors.'])(
    '%j is told in our words wherever it is cut, and never shown',
    async (text) => {
      await fc.assert(
        fc.asyncProperty(lengths, async (lengths) => {
          const { deltas, done } = await collect(answering([...cut(text, lengths), finish]).events);
          expect(deltas).toEqual(['I could not find an answer to that in the documents.']);
          expect(done).toMatchObject({ finishReason: 'declined', citations: [], usage: fakeUsage });
        }),
        { numRuns: 50 },
      );
    },
  );

  it('takes no answer that begins alike for it', async () => {
    const text = 'NOT_IN_SOURdough, but in the red door [1].';
    await fc.assert(
      fc.asyncProperty(lengths, async (lengths) => {
        const answer = await collect(answering([...cut(text, lengths), finish]).events);
        expect([answer.text, answer.done.finishReason, answer.done.citations]).toEqual([text, 'stop', [1]]);
      }),
      { numRuns: 50 },
    );
  });
});

it('any cut of an answer gives the same text and citations, and takes out what is not in the context', async () => {
  const text = 'Both [1, 2], not [3]; items[0] stays. Also [2] and [9, 1]. [';
  await fc.assert(
    fc.asyncProperty(lengths, async (lengths) => {
      const answer = await collect(answering([...cut(text, lengths), finish]).events);
      expect(answer.text).toBe('Both [1, 2], not ; items[0] stays. Also [2] and [1]. [');
      expect(answer.done.citations).toEqual([1, 2]);
    }),
    { numRuns: 50 },
  );
});
