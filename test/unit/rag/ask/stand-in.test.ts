import { describe, expect, it } from 'vitest';
import { createAsk } from '../../../../lib/rag/ask/ask.ts';
import type { ChatModel, ChatPart, ChatStream } from '../../../../lib/rag/ports/models.ts';
import { fakeUsage, finish } from '../../../fakes/chat.ts';
import { collect, collectFailure } from '../../../fakes/collect.ts';
import { createWorld } from '../../../fakes/world.ts';

const spent = { promptTokens: 100, completionTokens: 1 };
const said = { type: 'text', text: 'Yes [1].' } as const;

/** A model of which another takes over when its stream is read; `parts` are that one's. */
function createTakenOver(parts: readonly (ChatPart | Error)[]): ChatModel {
  return {
    model: 'one',
    open: async () => {
      const stream = { servedBy: 'first/one', isStandIn: false } as {
        -readonly [Name in keyof ChatStream]: ChatStream[Name];
      };
      stream.parts = (async function* read() {
        Object.assign(stream, { servedBy: 'second/two', isStandIn: true, spent });
        for (const part of parts) {
          if (part instanceof Error) throw part;
          yield part;
        }
      })();
      return stream;
    },
  };
}

function start(parts: readonly (ChatPart | Error)[], more = {}) {
  const world = createWorld();
  world.serve('guide', 'v1', ['the red door']);
  const by = createAsk({ ...world, chat: createTakenOver(parts), maxErrorRate: 0.01 });
  return { world, ...world.start('which door?', more, { by }) };
}

const total = {
  promptTokens: fakeUsage.promptTokens + spent.promptTokens,
  completionTokens: fakeUsage.completionTokens + spent.completionTokens,
};

describe('an answer that another took over', () => {
  it('names who served it, has the usage of both, and is kept for ten minutes', async () => {
    const { world, events, settle } = start([said, finish]);
    const { done } = await collect(events);
    expect(done).toMatchObject({ servedBy: 'second/two', usage: total });
    await settle();
    expect(world.telemetry.reports).toMatchObject([{ servedBy: 'second/two', usage: total }]);
    expect(world.calls.of('answers.put')).toMatchObject([
      { input: { keptSeconds: 600, answer: { servedBy: 'second/two' } } },
    ]);
  });

  it.each([
    ['a failure', [said, new Error('broken')]],
    ['a cut', [said]],
    ['a cut before its first text', []],
  ])('is reported with who served it and the usage of both when it ends in %s', async (_, parts) => {
    const { world, events, settle } = start(parts);
    const { error } = await collectFailure(events);
    const { usage } = error as { usage: typeof total };
    expect(usage.promptTokens).toBeGreaterThan(2 * spent.promptTokens);
    expect(usage.completionTokens).toBe(spent.completionTokens + (parts.length > 0 ? 2 : 0));
    await settle();
    expect(world.telemetry.reports).toMatchObject([{ outcome: 'error', servedBy: 'second/two', usage }]);
  });

  it('has the usage of a rewritten question too, of both', async () => {
    const history = [{ role: 'user', content: 'Is there a door?' }] as const;
    const { events } = start([{ type: 'text', text: 'which door?' }, finish], { history });
    const { done } = await collect(events);
    expect(done.usage.promptTokens).toBe(2 * total.promptTokens);
  });
});
