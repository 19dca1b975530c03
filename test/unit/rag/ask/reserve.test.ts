import { describe, expect, it } from 'vitest';
import { buildPrompt } from '../../../../lib/rag/answer/prompt.ts';
import { promptTokensOf } from '../../../../lib/rag/answer/usage.ts';
import { maxAnswerTokens, tokensToReserve } from '../../../../lib/rag/ask/reserve.ts';
import { condenseQuestion } from '../../../../lib/rag/retrieve/condense.ts';
import { chooseContext, contextTokens } from '../../../../lib/rag/retrieve/context.ts';
import type { Hit, Question } from '../../../../lib/rag/types.ts';
import { question } from '../../../fakes/world.ts';

/** So many characters, of which no two pieces are alike. */
const text = (seed: number, length: number, letter: string) =>
  Array.from({ length: length / 10 }, (_, n) => `${letter}${seed}x${n} `.padEnd(10, letter))
    .join('')
    .slice(0, length);

/** As many sources as there may be, which fill the context, with long titles and headings. */
const hits = (letter: string, length: number): Hit[] =>
  Array.from({ length: 40 }, (_, n) => ({
    ...{ document: `document-${n}`, version: 'v1', number: 0, score: 1 - n / 100 },
    ...{ title: text(n, 60, 't'), headings: [text(n, 40, 'h'), text(n, 40, 'i')] },
    text: text(n, length, letter),
  }));

/** All that a caller may send. */
const longest = (letter: string): Question =>
  question(letter.repeat(4_000), {
    history: Array.from({ length: 20 }, (_, n) => ({
      role: n % 2 === 0 ? 'user' : 'assistant',
      content: letter.repeat(8_000),
    })),
    instructions: letter.repeat(8_000),
    topK: 20,
  });

/** What rewriting the question is asked with. */
async function condensingTokens(asked: Question): Promise<number> {
  let tokens = 0;
  const open = (messages: Parameters<typeof promptTokensOf>[0]) => {
    tokens = promptTokensOf(messages);
    return Promise.reject(new Error('That is all.'));
  };
  const { signal } = new AbortController();
  await condenseQuestion({ model: 'test', open }, asked, { signal }).catch(() => {});
  return tokens;
}

describe('what is reserved', () => {
  it.each([
    ['a short question', question('Which door is red?'), 'w', 1_080],
    ['the longest', longest('w'), 'w', 1_080],
    ['a question in a script without spaces', question('門は何色ですか'), '門', 380],
  ])('holds the prompt of %s twice, and a whole answer', async (_, asked, letter, length) => {
    const chosen = chooseContext(hits(letter, length), new Map(), 20);
    const prompt = promptTokensOf(buildPrompt(asked, chosen));
    expect(prompt).toBeGreaterThan(0.9 * contextTokens);
    const condensing = asked.history.length > 0 ? await condensingTokens(asked) : 0;
    const needed = 2 * prompt + condensing + maxAnswerTokens;
    expect(tokensToReserve(asked)).toBeGreaterThanOrEqual(needed);
    // What is held back for nothing keeps others of the same budget out.
    expect(tokensToReserve(asked)).toBeLessThan(1.25 * needed);
  });
});
