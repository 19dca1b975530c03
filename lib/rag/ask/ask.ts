import type { AfterResponse } from '../../async/after-response.ts';
import { RagError } from '../errors.ts';
import {
  answerKey,
  replayAnswer,
  toAnswerEntry,
  toCachedAnswer,
  type AnswerModels,
} from '../cache/exact-answer.ts';
import { streamLive } from '../answer/live-answer.ts';
import type { AnswerStore } from '../ports/answers.ts';
import type { AskReport, Telemetry } from '../ports/telemetry.ts';
import type { PrepareDependencies } from './prepare.ts';
import { raceToAnswer } from './race.ts';
import { startRun, type Run } from './run.ts';
import type { AskEvent, CachedAnswer, DoneEvent, Filtered, FinishReason, Question } from '../types.ts';

/** The ports of the flow. */
export interface AskDependencies extends PrepareDependencies {
  answers: AnswerStore;
  telemetry: Telemetry;
}

/** How long a question may take, who may end it, and who does what is left to do after it. */
export interface AskOptions {
  /** The caller's; when it aborts, so does everything upstream. */
  signal: AbortSignal;
  /** Time for the whole answer. */
  budgetMs: number;
  /** Takes the cache write and the report, to be done after the last byte. */
  afterResponse: AfterResponse;
}

/**
 * Answers a question: one `sources`, any number of `delta`, one `done`; or throws a RagError (the caller's own abort is
 * thrown as it is). Ending the iteration early stops all work upstream.
 */
export type Ask = (question: Question, options: AskOptions) => AsyncGenerator<AskEvent, void>;

/** How an answer ended, as `done` and the report tell it. */
interface Ending {
  finishReason: FinishReason;
  citations: readonly number[];
  servedBy: string;
  filtered?: Filtered | undefined;
}

/** Creates the flow over its ports. */
export function createAsk(deps: AskDependencies): Ask {
  const models: AnswerModels = { chatModel: deps.chat.model, embeddingModel: deps.embeddings.model };

  return async function* ask(question, { afterResponse, ...options }) {
    using run = startRun(deps.telemetry, { ...options, later: (work) => afterResponse.add(work) });
    // What is true if the caller simply stops reading; everything that happens overwrites it.
    const report: AskReport = { ...unfinished(run), servedBy: deps.chat.model };
    afterResponse.add(async () => deps.telemetry.asked(report));
    const keep = (answer: CachedAnswer) => {
      const key = { scope: question.scope, key: answerKey(question, models) };
      const entry = toAnswerEntry(question, answer);
      afterResponse.add((signal) => deps.answers.put(key, entry, { signal }));
    };
    try {
      const won = await raceToAnswer({ ...deps, models }, run, question, afterResponse);
      let ending: Ending;
      if ('cached' in won) {
        report.cached = 'exact';
        yield* replayAnswer(run, won.cached);
        ending = fromCache(won.cached);
      } else {
        report.restarts = won.prepared.restarts;
        const servedBy = won.prepared.stream?.servedBy ?? deps.chat.model;
        const live = yield* streamLive(run, won.prepared);
        const kept = question.cache === 'off' ? undefined : toCachedAnswer(live, won.prepared, servedBy);
        if (kept) keep(kept);
        ending = { ...live, servedBy, filtered: won.prepared.filtered };
      }
      const done = toDone(run, ending);
      Object.assign(report, { outcome: done.finishReason, servedBy: done.servedBy });
      yield done;
    } catch (error) {
      const failure = run.toError(error);
      Object.assign(report, toOutcome(failure));
      throw failure;
    } finally {
      run.end();
      const { firstTokenMs, totalMs } = run.timeline.timing();
      Object.assign(report, {
        ...{ firstTokenMs, totalMs },
        usage: run.usage,
        degraded: Array.from(run.degraded),
      });
    }
  };
}

function unfinished(run: Run): Omit<AskReport, 'servedBy'> {
  const { usage } = run;
  const { firstTokenMs, totalMs } = run.timeline.timing();
  return { outcome: 'aborted', cached: false, usage, degraded: [], restarts: 0, firstTokenMs, totalMs };
}

function toOutcome(failure: Error): Partial<AskReport> {
  if (!(failure instanceof RagError)) return { outcome: 'aborted' };
  return { outcome: 'error', errorCode: failure.code };
}

function fromCache(answer: CachedAnswer): Ending {
  const { citations, servedBy, filtered } = answer;
  return { finishReason: 'stop', citations, servedBy, filtered };
}

function toDone(run: Run, ending: Ending): DoneEvent {
  const { finishReason, citations, servedBy, filtered } = ending;
  const usage = { ...run.usage };
  const degraded = Array.from(run.degraded);
  const timing = run.timeline.timing();
  const how = { usage, servedBy, degraded, ...(filtered && { filtered }), timing };
  return { type: 'done', finishReason, citations, ...how };
}
