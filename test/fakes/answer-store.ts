import type { AnswerEntry, AnswerKey, AnswerStore, Lease, NearAnswer } from '../../lib/rag/ports/answers.ts';
import type { Scope } from '../../lib/rag/types.ts';
import type { Calls } from './calls.ts';

/** An entry as the fake keeps it. */
export interface StoredAnswer extends AnswerEntry {
  scope: Scope;
  key: string;
  right: number;
  wrong: number;
  expiresAtMs: number;
}

/** What is kept of a scope's cache. */
export interface StoredState {
  counters: Record<string, number>;
  purgedAt?: string;
}

/** What a test may look at and set, unrecorded. */
export interface FakeAnswers extends AnswerStore {
  entries: Map<string, StoredAnswer>;
  states: Map<Scope, StoredState>;
  keep(key: AnswerKey, entry: AnswerEntry): void;
}

/** Cached answers in memory, compared one by one. `leases` are those of `createFakeLeases`. */
export function createFakeAnswers(calls: Calls, leases: ReadonlyMap<string, Lease> = new Map()): FakeAnswers {
  const entries = new Map<string, StoredAnswer>();
  const states = new Map<Scope, StoredState>();
  const stateOf = (scope: Scope) => {
    const state = states.get(scope) ?? { counters: {} };
    states.set(scope, state);
    return state;
  };
  const fresh = (key: AnswerKey) => {
    const entry = entries.get(nameOf(key));
    return entry && entry.expiresAtMs > Date.now() ? entry : undefined;
  };
  const keep = (key: AnswerKey, entry: AnswerEntry) => {
    const expiresAtMs = Date.now() + entry.keptSeconds * 1_000;
    const stored = { ...structuredClone(entry), ...key, right: 0, wrong: 0, expiresAtMs };
    entries.set(nameOf(key), stored);
  };
  return {
    ...{ entries, states, keep },
    find: (key, { signal }) =>
      calls.take('answers.find', key, signal, () => {
        const state = states.get(key.scope) ?? { counters: {} };
        const answer = fresh(key)?.answer;
        const isPurged = answer && state.purgedAt !== undefined && answer.createdAt <= state.purgedAt;
        const lease = leases.get(nameOf(key));
        const isHeld = lease && lease.untilMs > Date.now();
        return structuredClone({
          ...(answer && !isPurged && { answer }),
          state,
          ...(isHeld && { lease }),
        });
      }),
    nearest: ({ scope, shape, vector, limit }, { signal }) =>
      calls.take('answers.nearest', { scope, shape, vector, limit }, signal, () =>
        Array.from(entries.values())
          .filter((entry) => entry.scope === scope && entry.shape === shape && fresh(entry))
          .flatMap((entry) => (entry.vector ? [toNear(entry, cosine(vector, entry.vector))] : []))
          .toSorted((a, b) => b.similarity - a.similarity)
          .slice(0, limit),
      ),
    get: (key, { signal }) =>
      calls.take('answers.get', key, signal, () => structuredClone(fresh(key)?.answer)),
    put: (key, entry, { signal }) =>
      calls.take('answers.put', { ...key, ...entry }, signal, () => {
        const there = fresh(key);
        if (!there || there.answer.createdAt <= entry.answer.createdAt) keep(key, entry);
      }),
    remove: (key, createdAt, { signal }) =>
      calls.take('answers.remove', { ...key, createdAt }, signal, () => {
        if (entries.get(nameOf(key))?.answer.createdAt === createdAt) entries.delete(nameOf(key));
      }),
    state: (scope, { signal }) =>
      calls.take('answers.state', { scope }, signal, () =>
        structuredClone(states.get(scope) ?? { counters: {} }),
      ),
    purge: (scope, at, { signal }) =>
      calls.take('answers.purge', { scope, at }, signal, () => {
        const state = stateOf(scope);
        if (state.purgedAt === undefined || state.purgedAt < at) state.purgedAt = at;
      }),
    learn: (scope, increments, { signal }) =>
      calls.take('answers.learn', { scope, increments }, signal, () => {
        const { counters } = stateOf(scope);
        for (const [name, by] of Object.entries(increments)) counters[name] = (counters[name] ?? 0) + by;
      }),
    judge: (key, isRight, { signal }) =>
      calls.take('answers.judge', { ...key, isRight }, signal, () => {
        const entry = fresh(key);
        if (entry) entry[isRight ? 'right' : 'wrong'] += 1;
      }),
  };
}

/** Name of an entry or a lease in the fakes' maps. */
export function nameOf({ scope, key }: AnswerKey): string {
  return `${scope} ${key}`;
}

function toNear(entry: StoredAnswer, similarity: number): NearAnswer {
  const { key, question, groups, right, wrong, answer } = entry;
  const { createdAt, versions } = structuredClone(answer);
  return { key, question, groups, similarity, right, wrong, createdAt, versions };
}

function cosine(a: Float32Array, b: Float32Array): number {
  const dot = a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);
  return dot / (Math.hypot(...a) * Math.hypot(...b) || 1);
}
