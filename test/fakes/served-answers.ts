import type { ServedAnswer, ServedAnswers } from '../../lib/rag/ports/answers.ts';
import type { Calls } from './calls.ts';

/** What a caller was given, as the fake keeps it. */
export interface StoredServed {
  served: ServedAnswer;
  expiresAtMs: number;
  verdict?: { isRight: boolean; note?: string };
}

/** What callers were given, in memory. */
export function createFakeServed(calls: Calls): ServedAnswers & { entries: Map<string, StoredServed> } {
  const entries = new Map<string, StoredServed>();
  const fresh = ({ tenant, id }: { tenant: string; id: string }) => {
    const entry = entries.get(`${tenant} ${id}`);
    return entry && entry.expiresAtMs > Date.now() ? entry : undefined;
  };
  return {
    entries,
    put: (id, served, { signal }) =>
      calls.take('served.put', { id, served }, signal, () => {
        const [tenant] = served.key.scope.split('/');
        const expiresAtMs = Date.now() + 24 * 60 * 60 * 1_000;
        entries.set(`${tenant} ${id}`, { served: structuredClone(served), expiresAtMs });
      }),
    get: (query, { signal }) =>
      calls.take('served.get', query, signal, () => {
        const entry = fresh(query);
        const isRight = entry?.verdict?.isRight;
        return entry && { ...structuredClone(entry.served), ...(isRight !== undefined && { isRight }) };
      }),
    judge: (query, verdict, { signal }) =>
      calls.take('served.judge', { ...query, verdict }, signal, () => {
        const entry = fresh(query);
        if (!entry || entry.verdict) return false;
        entry.verdict = { ...verdict };
        return true;
      }),
  };
}
