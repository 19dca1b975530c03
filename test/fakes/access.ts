import { RagError } from '../../lib/rag/errors.ts';
import type { ApiKey, Budgets, KeyStore, RateLimits, Reservation } from '../../lib/rag/ports/access.ts';
import type { Calls } from './calls.ts';

/** Keys in memory. */
export function createFakeKeys(
  calls: Calls,
): KeyStore & { entries: Map<string, { key: ApiKey; secretHash: string }> } {
  const entries = new Map<string, { key: ApiKey; secretHash: string }>();
  return {
    entries,
    get: (id, { signal }) => calls.take('keys.get', { id }, signal, () => entries.get(id)),
    create: (key, secretHash, { signal }) =>
      calls.take('keys.create', { id: key.id }, signal, () => {
        const there = entries.get(key.id);
        if (there && there.secretHash !== secretHash) throw new RagError('conflict', 'It is taken.');
        if (!there) entries.set(key.id, { key, secretHash });
      }),
    list: ({ signal }) =>
      calls.take('keys.list', {}, signal, () =>
        Array.from(entries.values(), ({ key }) => key).toSorted((a, b) =>
          a.createdAt < b.createdAt ? -1 : 1,
        ),
      ),
    revoke: (id, at, { signal }) =>
      calls.take('keys.revoke', { id, at }, signal, () => {
        const entry = entries.get(id);
        if (entry) entries.set(id, { ...entry, key: { revokedAt: at, ...entry.key } });
        return entry !== undefined;
      }),
  };
}

/** Token buckets in memory; `whole` is when each will be whole again, by key. */
export function createFakeLimits(calls: Calls): RateLimits & { whole: Map<string, number> } {
  const whole = new Map<string, number>();
  return {
    whole,
    take: (keyId, { perMinute, burst }, { signal }) =>
      calls.take('limits.take', { keyId }, signal, () => {
        const nowMs = Date.now();
        const eachMs = 60_000 / perMinute;
        const before = Math.max(nowMs, whole.get(keyId) ?? 0);
        const isAllowed = before + eachMs <= nowMs + burst * eachMs;
        const resetMs = before - nowMs + (isAllowed ? eachMs : 0);
        whole.set(keyId, nowMs + resetMs);
        const remaining = Math.floor(burst - resetMs / eachMs);
        const retryAfterMs = Math.max(0, resetMs - (burst - 1) * eachMs);
        return { isAllowed, limit: burst, remaining, resetMs, retryAfterMs };
      }),
  };
}

/** Budgets in memory; `taken` is what is used and reserved, by key and month. */
export function createFakeBudgets(calls: Calls): Budgets & { taken: Map<string, number> } {
  const taken = new Map<string, number>();
  const open = new Map<string, { name: string; reservation: Reservation }>();
  const close = (name: string, { id }: Reservation, used: number) => {
    const found = open.get(`${name} ${id}`);
    if (!found || !open.delete(`${name} ${id}`)) return;
    taken.set(name, (taken.get(name) ?? 0) + used - found.reservation.tokens);
  };
  return {
    taken,
    reserve: ({ keyId, month, limit }, reservation, { signal }) =>
      calls.take('budgets.reserve', { keyId, month, ...reservation }, signal, () => {
        const name = `${keyId} ${month}`;
        for (const other of Array.from(open.values())) {
          if (other.reservation.untilMs <= Date.now()) close(other.name, other.reservation, 0);
        }
        if (open.has(`${name} ${reservation.id}`)) return true;
        const next = (taken.get(name) ?? 0) + reservation.tokens;
        if (next > limit) return false;
        taken.set(name, next);
        open.set(`${name} ${reservation.id}`, { name, reservation });
        return true;
      }),
    settle: ({ keyId, month }, reservation, used, { signal }) =>
      calls.take('budgets.settle', { keyId, month, ...reservation, used }, signal, () =>
        close(`${keyId} ${month}`, reservation, used),
      ),
  };
}
