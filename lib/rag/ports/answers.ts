import type { CachedAnswer, Scope } from '../types.ts';
import type { CallOptions } from './call.ts';

/** Which cached answer: the scope, and the hash of everything that shapes the answer (`answerKey`). */
export interface AnswerKey {
  scope: Scope;
  key: string;
}

/** An answer as it is kept, with all it can be found by. */
export interface AnswerEntry {
  answer: CachedAnswer;
  /** The question it answers, as it was asked. */
  question: string;
  /** Hash of everything that shapes the answer but the question's own words. */
  shape: string;
  /** Its own group first. Entries that have one in common have answers that say the same. */
  groups: readonly string[];
  /** The question's, of unit length; an entry without one is found by its key only. */
  vector?: Float32Array;
  keptSeconds: number;
}

/** A cached answer whose question is near, as far as it takes to decide whether it will do. */
export interface NearAnswer {
  key: string;
  question: string;
  groups: readonly string[];
  /** Cosine of the questions' vectors, -1 to 1. */
  similarity: number;
  /** How often it was found to be the right answer to a similar question, and how often not. */
  right: number;
  wrong: number;
  /** ISO 8601. */
  createdAt: string;
  /** Version by document of everything it rests on. */
  versions: Readonly<Record<string, string>>;
}

/** What the cache of a scope has learnt, and from when on its answers may be served. */
export interface CacheState {
  /** Named counts. */
  counters: Readonly<Record<string, number>>;
  /** ISO 8601; what was made until then is not served. */
  purgedAt?: string;
}

/** Who is making the answer to a key. */
export interface Lease {
  holder: string;
  /** Milliseconds since 1970; from then on anyone may take it. */
  untilMs: number;
  /** Its holder has ended and kept no answer: to wait for one is to wait for nothing. */
  isAbandoned: boolean;
}

/** Cached answers, by exact key and by the nearness of their questions. */
export interface AnswerStore {
  /**
   * The answer of a key, the state of its scope and who is making that answer, in one strongly consistent read. No answer
   * that has expired or was made until the purge of the scope; no lease that has run out.
   */
  find(
    key: AnswerKey,
    options: CallOptions,
  ): Promise<{ answer?: CachedAnswer; state: CacheState; lease?: Lease }>;
  /**
   * Answers of the scope and shape whose questions are nearest, best first, at most `limit` (1 to 100); none that has
   * expired. Eventually consistent; purges are not known here.
   */
  nearest(
    query: { scope: Scope; shape: string; vector: Float32Array; limit: number },
    options: CallOptions,
  ): Promise<NearAnswer[]>;
  /** An entry's answer, unless it has expired. Strongly consistent. */
  get(key: AnswerKey, options: CallOptions): Promise<CachedAnswer | undefined>;
  /**
   * Replaces what the key had, its counts of right and wrong begin at 0; nothing where an answer lies that was made later
   * and has not expired.
   */
  put(key: AnswerKey, entry: AnswerEntry, options: CallOptions): Promise<void>;
  /** Removes the answer made at `createdAt` (ISO 8601); another that has come in its place stays. */
  remove(key: AnswerKey, createdAt: string, options: CallOptions): Promise<void>;
  /** The state of a scope. Strongly consistent. */
  state(scope: Scope, options: CallOptions): Promise<CacheState>;
  /** Nothing of the scope that was made until `at` (ISO 8601) is served from now on. */
  purge(scope: Scope, at: string, options: CallOptions): Promise<void>;
  /** Adds to the counters of the scope. */
  learn(scope: Scope, increments: Readonly<Record<string, number>>, options: CallOptions): Promise<void>;
  /** Counts for an entry that it was found right, or wrong; nothing if it is gone. */
  judge(key: AnswerKey, isRight: boolean, options: CallOptions): Promise<void>;
}

/** One process at a time makes the answer to a key; the others wait for it. */
export interface AnswerLeases {
  /** Takes the lease for `leaseMs`, ours included; false while another's runs. An abandoned one runs no more. */
  take(key: AnswerKey, holder: string, leaseMs: number, options: CallOptions): Promise<boolean>;
  /** Has our own run for `leaseMs` from now; false if it is another's, or was released. */
  renew(key: AnswerKey, holder: string, leaseMs: number, options: CallOptions): Promise<boolean>;
  /** Gives up our own: removed if the answer was kept, else left as abandoned for those who wait. */
  release(key: AnswerKey, holder: string, wasKept: boolean, options: CallOptions): Promise<void>;
}

/** How near a cached answer was to a question: what the cache learns from. All of it is of one search. */
export interface Nearness {
  /** Cosine of the questions' vectors, -1 to 1. */
  similarity: number;
  /** How far its neighbours have the same answer, 0 to 1 (`chooseCandidate`). */
  agreement: number;
  /** Whether the question has words in place of its own that none with the same answer has: more has to speak for it then. */
  isReworded?: boolean;
}

/** What a caller was given, so that what they say of it later finds what it is about. */
export interface ServedAnswer {
  key: AnswerKey;
  cached: false | 'exact' | 'similar';
  /** When it was made, ISO 8601: by that, an answer that is not right is told from a later one. */
  createdAt: string;
  /** Of a similar answer: how near it was. */
  nearness?: Nearness;
}

/** The answers that callers were given, by the id their stream began with; for a day. */
export interface ServedAnswers {
  put(id: string, served: ServedAnswer, options: CallOptions): Promise<void>;
  /**
   * With whether it was right, once that was said. Undefined if there is none of that id of this tenant (the first part of
   * a scope).
   */
  get(
    query: { tenant: string; id: string },
    options: CallOptions,
  ): Promise<(ServedAnswer & { isRight?: boolean }) | undefined>;
  /** Notes whether it was right, once: false if that was said before. */
  judge(
    query: { tenant: string; id: string },
    verdict: { isRight: boolean; note?: string },
    options: CallOptions,
  ): Promise<boolean>;
}
