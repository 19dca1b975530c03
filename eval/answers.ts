import * as z from 'zod';
import { startLaptopCloud } from '../local/cloud.ts';
import { loadOwnDocumentation } from './own-documentation.ts';
import { isSaidIn, readQuestions } from './questions.ts';

const answerSchema = z.object({
  answer: z.string(),
  finishReason: z.string(),
  sources: z.array(z.object({ document: z.string() })),
});

type Answer = z.infer<typeof answerSchema>;

/** What has to be reached. */
const floors = { sourceInFirstFive: 0.9, declined: 0.8, answered: 0.7 };

/**
 * Asks the committed questions about our own documentation over HTTP. Prints a line for each that went wrong and a last
 * one with the figures, and returns whether all of them reach their floor.
 */
export async function evaluateAnswers(): Promise<boolean> {
  const questions = await readQuestions();
  const cloud = await startLaptopCloud({
    port: 0,
    environment: { PATH: process.env['PATH'] },
    onFailure: (what, error) => process.stderr.write(`${what} failed: ${String(error)}\n`),
  });
  try {
    await loadOwnDocumentation(cloud);
    const found: boolean[] = [];
    const answered: boolean[] = [];
    for (const { question, source, says } of questions.answerable) {
      const answer = await ask(cloud.url, question);
      const firstFive = answer.sources.slice(0, 5).map(({ document }) => document);
      found.push(firstFive.some((document) => source.some((right) => document.startsWith(right))));
      answered.push(answer.finishReason === 'stop' && isSaidIn(answer.answer, says));
      if (!found.at(-1)) print(`not in the first five: ${question}\n  found ${firstFive.join(', ')}`);
      if (!answered.at(-1)) print(`not answered: ${question}\n  ${answer.answer.slice(0, 200)}`);
    }
    const declined: boolean[] = [];
    for (const question of questions.unanswerable) {
      const answer = await ask(cloud.url, question);
      declined.push(answer.finishReason === 'declined');
      if (!declined.at(-1)) print(`not declined: ${question}\n  ${answer.answer.slice(0, 200)}`);
    }
    return report({
      sourceInFirstFive: share(found),
      answered: share(answered),
      declined: share(declined),
    });
  } finally {
    await cloud.close();
  }
}

async function ask(url: string, question: string): Promise<Answer> {
  const response = await fetch(`${url}/ask`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ question, cache: 'off' }),
    signal: AbortSignal.timeout(60_000),
  });
  return answerSchema.parse(await response.json());
}

function share(results: readonly boolean[]): number {
  return results.filter(Boolean).length / results.length;
}

function report(figures: typeof floors): boolean {
  const names = Object.keys(floors) as (keyof typeof floors)[];
  const parts = names.map((name) => `${name}=${figures[name].toFixed(2)} (floor ${floors[name]})`);
  const isGood = names.every((name) => figures[name] >= floors[name]);
  print(`answers ${parts.join(' ')} ${isGood ? 'ok' : 'TOO LOW'}`);
  return isGood;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
