import type { Deadline } from '../../async/deadline.ts';
import { reasonOf } from '../../async/delay.ts';
import { RagError, toRagError } from '../errors.ts';
import type { AskReport } from '../ports/telemetry.ts';
import type { Usage } from '../types.ts';

/** What a failure is to the caller: the deadline's, the caller's own abort, or itself; with what the model had used. */
export function toFailure(error: unknown, deadline: Deadline, caller: AbortSignal, usage: Usage): Error {
  if (deadline.expired()) {
    const message = 'The answer took too long. Ask again, or ask for less.';
    return withUsage(new RagError('deadline', message, { cause: error }), usage);
  }
  return caller.aborted ? reasonOf(caller) : withUsage(toRagError(error), usage);
}

/** What the report says of a failure. */
export function toOutcome(failure: Error): Pick<AskReport, 'outcome' | 'errorCode'> {
  if (!(failure instanceof RagError)) return { outcome: 'aborted' };
  return { outcome: 'error', errorCode: failure.code };
}

function withUsage(error: RagError, usage: Usage): RagError {
  if (usage.promptTokens === 0) return error;
  const { code, message, details, retryAfterMs, cause = error } = error;
  return new RagError(code, message, {
    ...{ cause, usage, details },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
