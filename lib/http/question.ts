import * as z from 'zod';
import type { Question } from '../rag/types.ts';
import type { HttpCaller } from './caller.ts';
import { filter } from './filter.ts';
import { collection } from './scope.ts';
import { wholeNumber } from './whole-number.ts';

const turn = z.strictObject({ role: z.enum(['user', 'assistant']), content: z.string().min(1).max(8_000) });

/** A question in a body, as every route that answers in our own form takes it. */
export const questionBody = z.strictObject({
  question: z.string().trim().min(1, 'must not be empty').max(4_000, 'must be at most 4,000 characters'),
  collection,
  filter: filter.optional(),
  history: z.array(turn).max(20).default([]),
  topK: wholeNumber(1, 20).default(8),
  cache: z.enum(['use', 'refresh', 'off']).default('use'),
});

/** Several of them. */
export const questionsBody = z
  .array(questionBody)
  .min(1, 'must hold a question')
  .max(100, 'must be at most 100 questions');

/** A question of a caller's, in a scope of theirs. */
export function toQuestion(body: z.infer<typeof questionBody>, caller: HttpCaller): Question {
  return {
    text: body.question,
    scope: caller.scopeOf(body.collection),
    history: body.history,
    topK: body.topK,
    cache: body.cache,
    ...(body.filter && { filter: body.filter }),
  };
}
