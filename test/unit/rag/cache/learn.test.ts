import { expect, it } from 'vitest';
import { learnFrom } from '../../../../lib/rag/cache/learn.ts';
import type { NearInGroup, Similar } from '../../../../lib/rag/cache/similar.ts';
import type { CachedAnswer } from '../../../../lib/rag/types.ts';
import { createFakeAnswers } from '../../../fakes/answer-store.ts';
import { createCalls } from '../../../fakes/calls.ts';
import { createFakeEmbeddings } from '../../../fakes/embeddings.ts';
import { scope } from '../../../fakes/world.ts';

const options = { signal: new AbortController().signal };

/** An answer of this text whose context had two passages and which cites one of them. */
function answer(text: string, cited = 1): CachedAnswer {
  const source = (n: number) => ({
    ...{ n, document: 'guide', title: '', uri: '', headings: [], chunk: n, score: 1, snippet: '' },
  });
  return {
    ...{ text, finishReason: 'stop', sources: [source(1), source(2)], citations: [cited], servedBy: 'm' },
    ...{ createdAt: '2026-11-01T00:00:00.000Z', versions: { guide: 'v1' } },
  };
}

/** What is learnt where a new answer comes to a question near which these answers are, each of a group of its own. */
async function learnt(made: CachedAnswer, ...cached: CachedAnswer[]) {
  const calls = createCalls();
  const answers = createFakeAnswers(calls);
  const compared = cached.map((one, at): NearInGroup => {
    const { createdAt, versions } = one;
    const [key, group] = [`k${at}`, `g${at}`];
    const entry = { answer: one, question: '', shape: 's', groups: [group], keptSeconds: 60 };
    answers.keep({ scope, key }, entry);
    const found = { key, group, groups: [group], question: '', similarity: 0.9, right: 0, wrong: 0 };
    return { ...found, createdAt, versions };
  });
  const nearness = { similarity: 0.9, agreement: 0.9 };
  const [candidate] = compared;
  const similar: Similar = {
    ...{ outcome: 'unsure', refused: [], nearness, compared, counters: {}, questions: 1 },
    ...(candidate && { candidate }),
  };
  const deps = { answers, embeddings: createFakeEmbeddings(calls) };
  const learning = learnFrom(deps, scope, { similar, answer: made }, options);
  const groups = await learning.groups;
  await learning.learnt;
  const { right, wrong } = answers.entries.get(`${scope} k0`)!;
  const embedded = calls.of('embed').map(({ input }) => input);
  return { groups, right, wrong, embedded };
}

const made = answer('You paint it with red paint [1].');
const alike = answer('With red paint you paint it [2, 1].');
const unlike = answer('Ask somebody who has done so before [1].');

it('answers in other words are told apart by their embeddings, each by its own, in one call', async () => {
  expect(await learnt(made, unlike, alike)).toEqual({
    ...{ groups: ['g1'], right: 0, wrong: 1 },
    embedded: [[made.text, unlike.text, alike.text]],
  });
  expect(await learnt(made, alike, unlike)).toMatchObject({ groups: ['g0'], right: 1, wrong: 0 });
});

it('nothing is embedded where wording and citations decide', async () => {
  const otherwise = answer(made.text, 2);
  expect(await learnt(made, made, otherwise)).toEqual({ groups: ['g0'], right: 1, wrong: 0, embedded: [] });
});

it('only passages that are cited count, whatever else was in the context', async () => {
  const { groups, wrong } = await learnt(made, answer(made.text, 2));
  expect([groups.includes('g0'), wrong]).toEqual([false, 1]);
});
