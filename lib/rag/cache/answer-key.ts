import { createHash } from 'node:crypto';
import { promptVersion } from '../answer/prompt.ts';
import { filterKey } from '../retrieve/filter.ts';
import type { Question } from '../types.ts';

/** The models that shape an answer. */
export interface AnswerModels {
  chatModel: string;
  embeddingModel: string;
}

/** Hash of everything that shapes an answer but the question's own words. */
export function answerShape(question: Question, models: AnswerModels): string {
  return hash([
    promptVersion,
    models.chatModel,
    models.embeddingModel,
    question.topK,
    filterKey(question.filter),
    question.history.map((turn) => [turn.role, turn.content]),
    ...(question.instructions === undefined ? [] : [question.instructions]),
  ]);
}

/** Key of an answer: its shape and the question. White space, Unicode composition and how the question ends do not count. */
export function answerKey(question: Question, models: AnswerModels): string {
  const text = question.text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  return hash([answerShape(question, models), withoutEnd(text)]);
}

/** Not by a pattern: one that looks for the end from every mark would take long for a text of marks. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' ?.!'.includes(text[end - 1]!)) end -= 1;
  return end === 0 ? text : text.slice(0, end);
}

function hash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
