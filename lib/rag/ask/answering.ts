import { abortable } from '../../async/within.ts';
import { streamLive } from '../answer/live-answer.ts';
import { answerKey } from '../cache/answer-key.ts';
import type { Basis } from '../cache/current.ts';
import { settleCache, type MadeAnswer, type SettleDependencies } from '../cache/settle.ts';
import type { CacheHit, Findings } from '../cache/lookup.ts';
import { replayText } from '../cache/replay.ts';
import type { AnswerKey, ServedAnswer } from '../ports/answers.ts';
import type { ChatStream } from '../ports/models.ts';
import type { Telemetry } from '../ports/telemetry.ts';
import type { DeltaEvent, DoneEvent, Filtered, FinishReason, Question, Source } from '../types.ts';
import { createBill, type Bill } from './bill.ts';
import { meterChat } from './metered-chat.ts';
import type { Opening } from './opening.ts';
import type { Prepared } from './prepare.ts';
import { raceToAnswer, type RaceDependencies } from './race.ts';
import { tokensToReserve } from './reserve.ts';
import { startRun, type Run } from './run.ts';

/** The ports of the flow. */
export interface AnsweringDependencies extends RaceDependencies, SettleDependencies {
  telemetry: Telemetry;
  opening: Opening;
}

/** What an answer rests on and where it is from. */
export interface BeginEvent {
  type: 'begin';
  from: ServedAnswer;
  sources: readonly Source[];
  /** Present in a cached answer: when it was made, ISO 8601. */
  cachedAt?: string;
  basis: Basis;
  /** When the check of the basis began, by `performance.now()`: who asked later has to check it again. */
  checkedAtMs: number;
  filtered?: Filtered | undefined;
}

/** What an answer is made of, whoever reads it: one `begin`, any number of `delta`, one `done`. */
export type AnswerEvent = BeginEvent | DeltaEvent | DoneEvent;

/** An answer that is being made. It is made as far as it is read, and several may read it. */
export interface Answering extends AsyncGenerator<AnswerEvent, void> {
  readonly run: Run;
  readonly findings: Findings;
  /** Lets the model be called: until then it is not. */
  readonly permit: () => void;
  /** Whether all of it is made, or it failed or was ended. */
  isOver: boolean;
  /** What the model has used, for its readers. */
  readonly bill: Bill;
  /** How often it began anew since a document changed under it. */
  restarts: number;
  /** Who made it, or was making it when it failed; absent until all of it is made and where no model was called. */
  servedBy?: string;
}

/** How an answer ended, as `done` tells it. */
interface Ending {
  finishReason: FinishReason;
  citations: readonly number[];
  servedBy: string;
  filtered?: Filtered | undefined;
}

/** Makes the answer to a question, until `signal` aborts. Throws what went wrong as it is. */
export function startAnswering(
  deps: AnsweringDependencies,
  question: Question,
  signal: AbortSignal,
): Answering {
  const run = startRun(deps.telemetry, signal);
  const findings: Findings = {};
  const { promise: permitted, resolve } = Promise.withResolvers<void>();
  let isPermitted = false;
  const permit = () => {
    isPermitted = true;
    resolve();
  };
  const chat = meterChat(deps.chat, run, tokensToReserve(question));
  let through = () => {};
  const onItsWay = () => through();
  const held = { ...deps, ...holdBack({ chat, leases: deps.leases }, permitted, onItsWay) };
  const answering: Answering = Object.assign(make(), {
    ...{ run, findings, permit, bill: createBill(() => run.usage) },
    isOver: false,
    restarts: 0,
  });
  return answering;

  async function* make(): AsyncGenerator<AnswerEvent, void> {
    const startedAt = new Date().toISOString();
    let made: MadeAnswer | undefined;
    let stream: ChatStream | undefined;
    try {
      through = await deps.opening(run.signal);
      const { won, vector } = await raceToAnswer(held, run, question, findings).finally(onItsWay);
      if ('hit' in won) {
        yield* replay(run, won.hit);
        yield toDone(run, won.hit.answer);
        return;
      }
      const { prepared } = won;
      answering.restarts = prepared.restarts;
      stream = prepared.stream;
      yield toBegin(deps, question, prepared, startedAt);
      const live = yield* streamLive(run, prepared);
      // Not known before: another may have taken over until the first text.
      const { servedBy, isStandIn = false } = stream ?? { servedBy: deps.chat.model };
      made = { live, prepared, servedBy, isStandIn, startedAt, vector, degraded: run.degraded };
      yield toDone(run, { ...live, servedBy, filtered: prepared.filtered });
    } finally {
      answering.isOver = true;
      if (stream) answering.servedBy = stream.servedBy;
      run.end();
      // Who was not let in leaves nothing behind.
      if (isPermitted && question.cache !== 'off')
        run.work.add((signal) => settleCache(deps, question, { findings, made }, { signal }));
    }
  }
}

/** The model and the leases: their calls wait until somebody may make them. `onItsWay` hears of one of the model. */
function holdBack(
  { chat, leases }: Pick<AnsweringDependencies, 'chat' | 'leases'>,
  permitted: Promise<void>,
  onItsWay: () => void,
): Pick<AnsweringDependencies, 'chat' | 'leases'> {
  return {
    chat: {
      ...chat,
      open: async (messages, options) => {
        await abortable(options.signal, () => permitted);
        onItsWay();
        return chat.open(messages, options);
      },
    },
    leases: {
      ...leases,
      take: async (key, holder, leaseMs, options) => {
        await abortable(options.signal, () => permitted);
        return leases.take(key, holder, leaseMs, options);
      },
    },
  };
}

function* replay(run: Run, { answer, tier, key, nearness, checkedAtMs }: CacheHit) {
  const { sources, versions, createdAt, filtered } = answer;
  const from: ServedAnswer = { key, cached: tier, createdAt, ...(nearness && { nearness }) };
  const basis = { versions, createdAt };
  const begin: BeginEvent = {
    type: 'begin',
    from,
    sources,
    cachedAt: createdAt,
    basis,
    checkedAtMs,
    filtered,
  };
  yield begin;
  run.timeline.firstToken();
  yield* replayText(answer.text);
}

function toBegin(
  { models }: AnsweringDependencies,
  question: Question,
  { sources, versions, checkedAtMs, filtered }: Prepared,
  createdAt: string,
): BeginEvent {
  const key: AnswerKey = { scope: question.scope, key: answerKey(question, models) };
  const from: ServedAnswer = { key, cached: false, createdAt };
  return { type: 'begin', from, sources, basis: { versions, createdAt }, checkedAtMs, filtered };
}

function toDone(run: Run, ending: Ending): DoneEvent {
  const { finishReason, citations, servedBy, filtered } = ending;
  const degraded = Array.from(run.degraded);
  const timing = run.timeline.timing();
  const how = { usage: run.usage, servedBy, degraded, ...(filtered && { filtered }), timing };
  return { type: 'done', finishReason, citations, ...how };
}
