import type { AnswerLeases, Lease } from '../../lib/rag/ports/answers.ts';
import { nameOf } from './answer-store.ts';
import type { Calls } from './calls.ts';

/** Leases in memory; give `entries` to `createFakeAnswers`, whose `find` brings them. */
export function createFakeLeases(calls: Calls): AnswerLeases & { entries: Map<string, Lease> } {
  const entries = new Map<string, Lease>();
  return {
    entries,
    take: (key, holder, leaseMs, { signal }) =>
      calls.take('leases.take', { ...key, holder, leaseMs }, signal, () => {
        const now = Date.now();
        const lease = entries.get(nameOf(key));
        const isFree = !lease || lease.holder === holder || lease.untilMs <= now || lease.isAbandoned;
        if (isFree) entries.set(nameOf(key), { holder, untilMs: now + leaseMs, isAbandoned: false });
        return isFree;
      }),
    renew: (key, holder, leaseMs, { signal }) =>
      calls.take('leases.renew', { ...key, holder, leaseMs }, signal, () => {
        const lease = entries.get(nameOf(key));
        const isOurs = lease?.holder === holder && !lease.isAbandoned;
        if (isOurs) entries.set(nameOf(key), { ...lease, untilMs: Date.now() + leaseMs });
        return isOurs;
      }),
    release: (key, holder, wasKept, { signal }) =>
      calls.take('leases.release', { ...key, holder, wasKept }, signal, () => {
        const lease = entries.get(nameOf(key));
        if (lease?.holder !== holder) return;
        if (wasKept) entries.delete(nameOf(key));
        else entries.set(nameOf(key), { ...lease, isAbandoned: true });
      }),
  };
}
