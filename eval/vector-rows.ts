import { readFile } from 'node:fs/promises';
import type * as z from 'zod';

/** Length of a vector of all-MiniLM-L6-v2. */
export const dimensions = 384;

/** Texts with what is known of each, and their vectors of unit length, one after the other. */
export interface VectorRows<T> {
  rows: T[];
  vectors: Float32Array;
}

/** Reads `name.jsonl` and `name.minilm.f16` of a folder. Throws where there is not one vector for each row. */
export async function readVectorRows<T>(
  folder: URL,
  name: string,
  schema: z.ZodType<T>,
): Promise<VectorRows<T>> {
  const [lines, bytes] = await Promise.all([
    readFile(new URL(`${name}.jsonl`, folder), 'utf8'),
    readFile(new URL(`${name}.minilm.f16`, folder)),
  ]);
  const rows = lines
    .trim()
    .split('\n')
    .map((line) => schema.parse(JSON.parse(line)));
  const vectors = Float32Array.from(new Float16Array(Uint8Array.from(bytes).buffer));
  if (vectors.length !== rows.length * dimensions) throw new Error(`${name} has not one vector a row.`);
  return { rows, vectors };
}
