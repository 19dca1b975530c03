import * as z from 'zod';
import { fieldName } from '../rag/ingest/metadata.ts';
import type { Filter } from '../rag/types.ts';

const error = 'must be a text of 1 to 200 characters, a number, true or false, or a list of 1 to 10 of those';

const value = z.union([z.string().min(1).max(200), z.number(), z.boolean()], { error });

const values = z.array(value).min(1, 'must name a value').max(10, 'must be at most 10 values');

/** `{"team": "legal", "year": [2023, 2024]}`: for each name a value or a set of values. An empty one is none. */
export const filter = z
  .record(z.string().regex(fieldName, 'is no name of a field'), z.union([value, values], { error }))
  .refine((given) => Object.keys(given).length <= 10, 'must be at most 10 fields')
  .transform((given): Filter | undefined => {
    const sets = Object.entries(given).map(([name, wanted]) => [name, Array.from(new Set([wanted].flat()))]);
    return sets.length === 0 ? undefined : (Object.fromEntries(sets) as Filter);
  });
