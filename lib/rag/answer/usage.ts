import type { Usage } from '../types.ts';

/** What two calls have used together; a call that was not made has used nothing. */
export function addUsage(a: Usage | undefined, b: Usage | undefined): Usage {
  return {
    promptTokens: (a?.promptTokens ?? 0) + (b?.promptTokens ?? 0),
    completionTokens: (a?.completionTokens ?? 0) + (b?.completionTokens ?? 0),
  };
}
