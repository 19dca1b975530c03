import { access, readFile } from 'node:fs/promises';
import * as z from 'zod';
import { dimensions, readVectorRows } from './vector-rows.ts';

/** Where the data lies: beside the repository and not in it. */
const folder = new URL('../../shared/data/scifact/', import.meta.url);

const documentSchema = z.object({ id: z.string(), title: z.string(), text: z.string() });
const querySchema = z.object({ id: z.string(), text: z.string() });

export interface ScifactDocument extends z.infer<typeof documentSchema> {
  vector: Float32Array;
}

/** A claim, and the documents that were judged to bear on it, with how much. */
export interface ScifactQuery extends z.infer<typeof querySchema> {
  vector: Float32Array;
  judged: ReadonlyMap<string, number>;
}

/** BEIR's SciFact with an all-MiniLM-L6-v2 embedding of each text (https://github.com/beir-cellar/beir). */
export interface Scifact {
  documents: ScifactDocument[];
  queries: ScifactQuery[];
}

/** Reads the data, or undefined if it is not on this machine. */
export async function readScifact(): Promise<Scifact | undefined> {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  const judgments = await readJudgments();
  const [documents, queries] = await Promise.all([
    readWithVectors('corpus', documentSchema),
    readWithVectors('queries', querySchema),
  ]);
  return {
    documents,
    queries: queries.map((query) => ({
      ...query,
      judged: judgments.get(query.id) ?? new Map<string, number>(),
    })),
  };
}

async function readWithVectors<T>(
  name: string,
  schema: z.ZodType<T>,
): Promise<(T & { vector: Float32Array })[]> {
  const { rows, vectors } = await readVectorRows(folder, name, schema);
  return rows.map((row, at) => ({ ...row, vector: vectors.slice(at * dimensions, (at + 1) * dimensions) }));
}

/** So many documents, the judged ones before the others, and the queries that keep all their answers. */
export function subsetOf({ documents, queries }: Scifact, count: number): Scifact {
  const judged = new Set(queries.flatMap((query) => Array.from(query.judged.keys())));
  const isJudged = ({ id }: ScifactDocument) => judged.has(id);
  const inOrder = [...documents.filter(isJudged), ...documents.filter((one) => !isJudged(one))];
  const taken = inOrder.slice(0, count);
  const ids = new Set(taken.map(({ id }) => id));
  return {
    documents: taken,
    queries: queries.filter((query) => Array.from(query.judged.keys()).every((id) => ids.has(id))),
  };
}

async function readJudgments(): Promise<Map<string, Map<string, number>>> {
  const judgments = new Map<string, Map<string, number>>();
  const lines = (await readFile(new URL('qrels.tsv', folder), 'utf8')).trim().split('\n');
  for (const line of lines.slice(1)) {
    const [query = '', document = '', grade] = line.split('\t');
    const judged = judgments.get(query) ?? new Map<string, number>();
    judgments.set(query, judged.set(document, Number(grade)));
  }
  return judgments;
}
