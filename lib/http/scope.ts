import * as z from 'zod';
import type { Scope } from '../rag/types.ts';

/** Every caller's tenant until there are keys: with AWS_IAM in front of the function URL, one account is one tenant. */
export const tenant = 'default';

/** Name of a collection of documents. */
export const collection = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be lower-case letters, digits and hyphens, at most 63')
  .default('main');

/** The scope of a collection, under the caller's tenant. */
export function scopeOf(name: string): Scope {
  return `${tenant}/${name}`;
}
