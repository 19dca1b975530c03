import { createHash, randomUUID } from 'node:crypto';
import { versionsOf } from '../retrieve/context.ts';
import { filterKey } from '../retrieve/filter.ts';
import { createAnswerId, type LiveAnswer } from '../answer/live-answer.ts';
import type { AnswerEntry, AnswerStore } from '../ports/answers.ts';
import type { CallOptions } from '../ports/call.ts';
import type { DocumentStore } from '../ports/documents.ts';
import type { Prepared } from '../ask/prepare.ts';
import { promptVersion } from '../answer/prompt.ts';
import type { Run } from '../ask/run.ts';
import type { AskEvent, CachedAnswer, Question } from '../types.ts';

/** How long an answer is kept. What it rests on is checked at every hit; this bounds what new documents miss. */
const keptSeconds = 24 * 60 * 60;

/** The models that shape an answer. */
export interface AnswerModels {
  chatModel: string;
  embeddingModel: string;
}

/** Key of an answer: everything that shapes it. White space and Unicode composition do not. */
export function answerKey(question: Question, models: AnswerModels): string {
  const text = question.text.normalize('NFC').replaceAll(/\s+/g, ' ').trim();
  const shape = [
    promptVersion,
    models.chatModel,
    models.embeddingModel,
    question.topK,
    filterKey(question.filter),
    question.history.map((turn) => [turn.role, turn.content]),
    text,
  ];
  return createHash('sha256').update(JSON.stringify(shape)).digest('base64url');
}

/** The cached answer, if there is one and every document it rests on is still at its version. */
export async function findExactAnswer(
  stores: { answers: AnswerStore; documents: DocumentStore },
  question: Question,
  models: AnswerModels,
  options: CallOptions,
): Promise<CachedAnswer | undefined> {
  const key = answerKey(question, models);
  const { answer } = await stores.answers.find({ scope: question.scope, key }, options);
  if (!answer) return undefined;
  const ids = Object.keys(answer.versions);
  const records = await stores.documents.getMany({ scope: question.scope, ids }, options);
  const served = versionsOf(records.values());
  return ids.every((id) => served.get(id) === answer.versions[id]) ? answer : undefined;
}

/** Streams a cached answer word by word, as a live one comes. */
export function* replayAnswer(run: Run, answer: CachedAnswer): Generator<AskEvent, void> {
  yield {
    type: 'sources',
    id: createAnswerId(),
    cached: 'exact',
    cachedAt: answer.createdAt,
    sources: answer.sources,
  };
  run.timeline.firstToken();
  for (const [text] of answer.text.matchAll(/\s*\S{1,400}|\s+$/g)) yield { type: 'delta', text };
}

/** The answer as it is kept, or undefined where it is not worth keeping: cut short, declined or citing nothing. */
export function toCachedAnswer(
  answer: LiveAnswer,
  prepared: Prepared,
  servedBy: string,
): CachedAnswer | undefined {
  if (answer.finishReason !== 'stop' || answer.citations.length === 0) return undefined;
  return {
    text: answer.text,
    sources: prepared.sources,
    citations: answer.citations,
    servedBy,
    createdAt: new Date().toISOString(),
    versions: prepared.versions,
    ...(prepared.filtered && { filtered: prepared.filtered }),
  };
}

/** The entry of an answer that is found by its key only. */
export function toAnswerEntry(question: Question, answer: CachedAnswer): AnswerEntry {
  return { answer, question: question.text, shape: '', group: randomUUID(), keptSeconds };
}
