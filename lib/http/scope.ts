import * as z from 'zod';

/** Name of a collection of documents. */
export const collection = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, at most 63')
  .default('main');
