import * as z from 'zod';
import { errorCodes } from '../rag/errors.ts';

/** Every error of ours, in a body or in a stream. */
export const errorBody = z.lazy(() => {
  const issue = z.strictObject({ field: z.string(), message: z.string() });
  return z
    .strictObject({
      error: z.looseObject({
        code: z.enum(errorCodes),
        message: z.string(),
        requestId: z.string(),
        retryable: z.boolean().describe('Whether the same request may succeed later.'),
        issues: z.array(issue).optional().describe('What is wrong with which field.'),
      }),
    })
    .meta({ id: 'Error' });
});
