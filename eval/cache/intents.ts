import { access } from 'node:fs/promises';
import * as z from 'zod';
import { dimensions, readVectorRows, type VectorRows } from '../vector-rows.ts';
import { shuffle } from './random.ts';

/** Where the data lies: beside the repository and not in it. */
const folder = new URL('../../../shared/data/', import.meta.url);

const rowSchema = z.object({ text: z.string(), intent: z.string() });

/** Questions with what each is about, and which of them a cache is filled with before the others are asked. */
export interface Intents {
  name: string;
  texts: string[];
  /** Those out of scope have each one of their own: nobody else's answer is theirs. */
  intents: string[];
  /** By question: whether documents hold an answer to it. */
  isInScope: boolean[];
  /** One after the other, of unit length. */
  vectors: Float32Array;
  cached: number[];
  asked: number[];
}

/** Banking77: the training set is cached, the test set asked. At most so many of each, drawn by seed. */
export async function readBanking77(limits?: { cached: number; asked: number }): Promise<Intents> {
  const [train, test] = await Promise.all([readRows('banking77/train'), readRows('banking77/test')]);
  const all = joined('Banking77', [train, test]);
  const cached = rangeOf(0, train.rows.length);
  const asked = rangeOf(train.rows.length, all.texts.length);
  if (!limits) return { ...all, cached, asked };
  return {
    ...all,
    cached: shuffle(cached, 1).slice(0, limits.cached),
    asked: shuffle(asked, 2).slice(0, limits.asked),
  };
}

/** CLINC150: every second question is cached; the others and the ones out of scope are asked. */
export async function readClinc150(): Promise<Intents> {
  const [inScope, others] = await Promise.all([readRows('clinc150/test'), readRows('clinc150/oos_test')]);
  const all = joined('CLINC150', [inScope, others]);
  const isCached = (question: number) => question < inScope.rows.length && question % 2 === 0;
  const questions = rangeOf(0, all.texts.length);
  return {
    ...all,
    cached: questions.filter(isCached),
    asked: questions.filter((question) => !isCached(question)),
  };
}

/** Whether the data is on this machine. */
export async function hasIntents(): Promise<boolean> {
  return access(new URL('banking77/', folder)).then(
    () => true,
    () => false,
  );
}

type Part = VectorRows<z.infer<typeof rowSchema>>;

function joined(name: string, parts: readonly Part[]): Omit<Intents, 'cached' | 'asked'> {
  const rows = parts.flatMap((part) => part.rows);
  const vectors = new Float32Array(rows.length * dimensions);
  let at = 0;
  for (const part of parts) {
    vectors.set(part.vectors, at);
    at += part.vectors.length;
  }
  const isInScope = rows.map(({ intent }) => intent !== 'oos');
  const intents = rows.map(({ intent }, question) => (isInScope[question] ? intent : `oos ${question}`));
  return { name, texts: rows.map(({ text }) => text), intents, isInScope, vectors };
}

function readRows(name: string): Promise<Part> {
  return readVectorRows(folder, name, rowSchema);
}

function rangeOf(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}
