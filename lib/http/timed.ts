import { startDeadline } from '../async/deadline.ts';
import { RagError } from '../rag/errors.ts';
import type { CallOptions } from '../rag/ports/call.ts';

/** How long a request may take that asks no model. */
const budgetMs = 20_000;

/** Does work of a request that asks no model, within its time. Throws RagError `deadline` once that is over. */
export async function timed<T>(work: (options: CallOptions) => Promise<T>): Promise<T> {
  using deadline = startDeadline(budgetMs);
  try {
    return await work({ signal: deadline.signal });
  } catch (error) {
    if (deadline.expired())
      throw new RagError('deadline', 'This took too long. Try again.', { cause: error });
    throw error;
  }
}
