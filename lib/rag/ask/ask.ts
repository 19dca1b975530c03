import type { AfterResponse } from '../../async/after-response.ts';
import { abortable } from '../../async/within.ts';
import { startDeadline } from '../../async/deadline.ts';
import type { Admission } from '../ports/access.ts';
import type { ServedAnswers } from '../ports/answers.ts';
import type { AskEvent, Question, SourcesEvent } from '../types.ts';
import type { AnswerEvent, AnsweringDependencies, BeginEvent } from './answering.ts';
import { createCaller, type Caller } from './caller.ts';
import { toFailure, toOutcome } from './failure.ts';
import { createOpening } from './opening.ts';
import { shareAnswers } from './shared-answers.ts';
import { toStopped } from './stopped.ts';

/** The ports of the flow. */
export interface AskDependencies extends Omit<AnsweringDependencies, 'models' | 'opening'> {
  served: ServedAnswers;
}

/** How long a question may take, who may end it, and who does what is left to do after it. */
export interface AskOptions {
  /** The caller's; when it aborts, so does everything upstream that nobody else waits for. */
  signal: AbortSignal;
  /** The caller's wish to end the answer as it is: what they were told then ends with `done`. */
  stop?: AbortSignal;
  /** Time for the whole answer. */
  budgetMs: number;
  /** Takes the cache write and the report, to be done after the last byte. */
  afterResponse: AfterResponse;
  /**
   * Whether the caller may ask, where that is not certain yet. All steps begin at once, but until it resolves the model is
   * not called for this caller and nothing is told to them; a rejection ends the answer and is thrown as it is.
   */
  admission?: Promise<Admission>;
}

/**
 * Answers a question: one `sources`, any number of `delta`, one `done`; or throws a RagError (the caller's own abort is
 * thrown as it is). Ending the iteration early stops all work upstream that nobody else waits for.
 */
export type Ask = (question: Question, options: AskOptions) => AsyncGenerator<AskEvent, void>;

/** Creates the flow over its ports. */
export function createAsk(deps: AskDependencies): Ask {
  const models = { chatModel: deps.chat.model, embeddingModel: deps.embeddings.model };
  const read = shareAnswers({ ...deps, models, opening: createOpening() });

  return async function* ask(question, { budgetMs, signal, stop, ...options }) {
    using deadline = startDeadline(budgetMs, stop ? AbortSignal.any([signal, stop]) : signal);
    const caller = createCaller(question, options, deps.chat.model);
    const { report, timeline, afterResponse } = caller;
    caller.admission.catch((refusal: Error) => deadline.abort(refusal));
    afterResponse.add((signal) => settle(deps, caller, signal));
    try {
      for await (const event of read(caller, deadline.signal)) {
        if (!caller.isAdmitted) await abortable(deadline.signal, () => caller.admission);
        yield toAskEvent(deps, caller, event);
      }
    } catch (error) {
      if (stop?.aborted && caller.told && !deadline.expired() && !signal.aborted) {
        yield toStopped(caller, caller.told);
        return;
      }
      const cause = await refusalOr(error, caller, deadline.signal);
      const failure = toFailure(cause, deadline, signal, report.usage);
      Object.assign(report, toOutcome(failure));
      throw failure;
    } finally {
      const { firstTokenMs, totalMs } = timeline.timing();
      Object.assign(report, { firstTokenMs, totalMs });
    }
  };
}

/** Whatever went wrong, one who is refused hears of nothing else. */
async function refusalOr(error: unknown, caller: Caller, signal: AbortSignal): Promise<unknown> {
  if (caller.isAdmitted) return error;
  return abortable(signal, () => caller.admission).then(
    () => error,
    (refusal: unknown) => refusal,
  );
}

/** Reports the question, and books what was used to the one who was let in, however the answer ended. */
async function settle({ telemetry }: AskDependencies, caller: Caller, signal: AbortSignal): Promise<void> {
  const { admission, report } = caller;
  await caller.billed;
  telemetry.asked(report);
  const granted = await abortable(signal, () => admission).catch(() => undefined);
  await granted?.settle(report.usage, { signal });
}

/** What every reader of an answer gets, as the event of one caller, whose report it fills. */
function toAskEvent(deps: AskDependencies, caller: Caller, event: AnswerEvent): AskEvent {
  if (event.type === 'begin') return toSources(deps, caller, event);
  caller.timeline.firstToken();
  if (event.type === 'delta' && caller.told) caller.told.text += event.text;
  if (event.type === 'done') {
    const { finishReason: outcome, servedBy } = event;
    Object.assign(caller.report, { outcome, servedBy });
  }
  return event;
}

function toSources({ served }: AskDependencies, caller: Caller, event: BeginEvent): SourcesEvent {
  const { id, question, report, afterResponse } = caller;
  const { from, cachedAt, sources } = event;
  caller.told = { begin: event, text: '' };
  report.cached = from.cached;
  if (question.cache !== 'off') afterResponse.add((signal) => served.put(id, from, { signal }));
  return { type: 'sources', id, cached: from.cached, ...(cachedAt && { cachedAt }), sources };
}
