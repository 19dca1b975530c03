import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { finish, type Reply } from '../../../fakes/chat.ts';
import { createWorld } from '../../../fakes/world.ts';
import { declineText } from '../../../../lib/rag/answer/prompt.ts';
import type { AskEvent, Scope } from '../../../../lib/rag/types.ts';

const count = 200;

/** What becomes of question `n`: half of them fail in one of several ways. */
const fates = [
  'answers',
  'fails to embed',
  'answers',
  'is cut',
  'answers',
  'leaves',
  'answers',
  'is declined',
] as const;
const fateOf = (n: number) => fates[n % fates.length]!;
const scopeOf = (n: number): Scope => `tenant-${n % 10}/main`;

/** The model repeats which fact and which question its prompt holds. */
function reply(messages: readonly { content: string }[]): Reply {
  const prompt = messages.at(-1)!.content;
  const n = Number(/question number (\d+)/.exec(prompt)![1]);
  const facts = Array.from(prompt.matchAll(/fact of tenant-\d+/g), ([fact]) => fact).join();
  if (fateOf(n) === 'is cut') return [`${n}: `, facts];
  if (fateOf(n) === 'is declined') return ['NOT_IN', '_SOURCES', finish];
  const usage = { promptTokens: n, completionTokens: n };
  return [`${n}: `, facts, ' [1].', { type: 'finish', reason: 'stop', usage }];
}

/** What question `n` must have come to, whatever the others did. */
function expected(n: number): object {
  const [text, documents] = [`${n}: fact of tenant-${n % 10}`, [`d${n % 10}`]];
  switch (fateOf(n)) {
    case 'answers':
      return { text: `${text} [1].`, documents, citations: [1], promptTokens: n };
    case 'is declined':
      return { text: declineText, documents, citations: [], promptTokens: finish.usage.promptTokens };
    case 'is cut':
      return { text, documents, error: 'The model stopped in the middle of its answer. Ask again.' };
    case 'leaves':
      return { text: '', documents, error: `left ${n}` };
    default:
      return { text: '', error: `busy ${n}` };
  }
}

/** What a question came to; one that leaves does so at its first event. */
async function outcomeOf(events: AsyncIterable<AskEvent>, leave: () => void): Promise<object> {
  const outcome: Record<string, unknown> = { text: '' };
  try {
    for await (const event of events) {
      if (event.type === 'sources') {
        outcome['documents'] = event.sources.map(({ document }) => document);
        leave();
      } else if (event.type === 'delta') outcome['text'] += event.text;
      else Object.assign(outcome, { citations: event.citations, promptTokens: event.usage.promptTokens });
    }
  } catch (error) {
    outcome['error'] = (error as Error).message;
  }
  return outcome;
}

/** The flow over tenants with a document each, in which every call waits a different number of turns. */
function createTenants() {
  const world = createWorld(reply);
  for (let tenant = 0; tenant < 10; tenant += 1)
    world.serve(`d${tenant}`, 'v1', [`fact of tenant-${tenant}`], scopeOf(tenant));
  const shuffle = async () => {
    for (let left = (world.calls.all.length * 7) % 5; left > 0; left -= 1) await turn();
  };
  for (const name of ['answers.find', 'documents.recent', 'chunks.search', 'documents.getMany', 'chat.open'])
    world.calls.before(name, shuffle);
  world.calls.before('chat.next', shuffle);
  world.calls.before('embed', async ({ input }) => {
    await shuffle();
    const n = Number(/\d+/.exec(String(input))![0]);
    if (fateOf(n) === 'fails to embed') throw new RagError('model_busy', `busy ${n}`);
  });
  return world;
}

it(`${count} questions at once, failures among them, never mix`, async () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', note);
  const world = createTenants();

  const outcomes = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const caller = new AbortController();
      const { signal } = caller;
      const { events, settle } = world.start(`question number ${n}`, { scope: scopeOf(n) }, { signal });
      const leave = () => fateOf(n) === 'leaves' && caller.abort(new Error(`left ${n}`));
      const outcome = await outcomeOf(events, leave);
      await settle();
      return outcome;
    }),
  );
  await turn();
  process.off('unhandledRejection', note);

  expect(outcomes).toEqual(Array.from({ length: count }, (_, n) => expected(n)));
  expect(unhandled).toEqual([]);
  expect(world.calls.open()).toEqual([]);
  const kept = Array.from(world.answers.entries, ([key, { answer }]) => [
    key.split('/')[0],
    answer.text,
  ]).filter(([, text]) => text !== declineText);
  expect(kept).toHaveLength(count / 2);
  expect(kept.filter(([tenant, text]) => !text!.includes(`fact of ${tenant} `))).toEqual([]);
  const told = Object.groupBy(world.telemetry.reports, ({ outcome, errorCode }) => errorCode ?? outcome);
  expect(Object.fromEntries(Object.entries(told).map(([name, all]) => [name, all!.length]))).toEqual({
    ...{ stop: 100, declined: 25, aborted: 25, answer_cut: 25, model_busy: 25 },
  });
});
