import { startDeadline } from '../async/deadline.ts';
import { RagError } from '../rag/errors.ts';
import type { CallOptions } from '../rag/ports/call.ts';
import type { HttpResponse } from './response.ts';

/** How long a request that waits for no model may take. */
const budgetMs = 20_000;

/** Does the work of such a request. Throws RagError `deadline` when its time is over. */
export async function timed(work: (options: CallOptions) => Promise<HttpResponse>): Promise<HttpResponse> {
  using deadline = startDeadline(budgetMs);
  try {
    return await work({ signal: deadline.signal });
  } catch (error) {
    if (deadline.expired())
      throw new RagError('deadline', 'This took too long. Try again.', { cause: error });
    throw error;
  }
}
