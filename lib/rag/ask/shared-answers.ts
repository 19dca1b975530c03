import { createSharedStreams, type SharedReader } from '../../async/shared-stream.ts';
import { answerKey } from '../cache/answer-key.ts';
import { isCurrent, isUnchanged } from '../cache/current.ts';
import { startAnswering, type AnswerEvent, type Answering, type AnsweringDependencies } from './answering.ts';
import type { Caller } from './caller.ts';
import type { DoneEvent, Question } from '../types.ts';

/** Events of an answer that late joiners still get from the first on; a longer one is shared by those who are there. */
const maxSharedEvents = 10_000;

type Reader = SharedReader<AnswerEvent, Answering>;

/** The events of the answer to a caller's question, until `signal` aborts. */
export type ReadAnswer = (caller: Caller, signal: AbortSignal) => AsyncGenerator<AnswerEvent, void>;

/**
 * Callers who ask the same at the same time read one answer, made once. One of them does what is left to do after it, and
 * what it uses is booked to one who was let in; each of them is told what it had to go without.
 */
export function shareAnswers(deps: AnsweringDependencies): ReadAnswer {
  const answers = createSharedStreams<AnswerEvent, Answering>({ maxEvents: maxSharedEvents });
  const join = (key: string, question: Question, caller: Caller, signal: AbortSignal) => {
    const reader = answers.join(key, { signal }, (signal) => startAnswering(deps, question, signal));
    // Whoever is let in first has the model called for all of them; one who is not leaves.
    caller.admission.then(reader.source.permit, () => {});
    reader.source.bill.enter(caller);
    return reader;
  };

  return async function* read(caller, signal) {
    const joinedAtMs = performance.now();
    const { id, question } = caller;
    let reader = join(keyOf(deps, caller), question, caller, signal);
    try {
      let next = await reader.next();
      if (!reader.isFirst && (await isOutdated(deps, next.value, joinedAtMs, signal))) {
        await leave(reader, caller);
        // Nobody else knows the caller's id: an answer of its own. What is being made meanwhile is not waited for.
        const own = isCached(next.value) ? question : ({ ...question, cache: 'refresh' } as const);
        reader = join(id, own, caller, signal);
        next = await reader.next();
      }
      for (; !next.done; next = await reader.next()) {
        yield next.value.type === 'done' ? toOwn(caller, reader, next.value) : next.value;
      }
    } finally {
      await leave(reader, caller);
    }
  };
}

/** Only where the cache may be used is an answer of another's as good as one's own. */
function keyOf({ models }: AnsweringDependencies, { id, question }: Caller): string {
  return question.cache === 'use' ? `${question.scope} ${answerKey(question, models)}` : id;
}

/**
 * Whether the answer may not be true any more for this caller, who asked after it was checked: a document of the scope has
 * changed, which may hold what was not there. Whether a cached one may still be served is for the cache to say.
 */
async function isOutdated(
  { documents }: AnsweringDependencies,
  event: AnswerEvent | void,
  joinedAtMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (event?.type !== 'begin' || event.checkedAtMs >= joinedAtMs) return false;
  if (isCached(event)) return true;
  const { basis, from } = event;
  const { scope } = from.key;
  const checks = [
    isCurrent(documents, scope, basis, { signal }),
    isUnchanged(documents, scope, basis.createdAt, { signal }),
  ];
  return (await Promise.all(checks)).includes(false);
}

function isCached(event: AnswerEvent | void): boolean {
  return event?.type === 'begin' && event.from.cached !== false;
}

/** The end of the answer for one of its readers: only one has used a model, and who came later has seen less of it. */
function toOwn(caller: Caller, { isFirst, source }: Reader, event: DoneEvent): DoneEvent {
  source.bill.take(caller);
  const { usage } = caller.report;
  if (isFirst) return { ...event, usage };
  const { firstTokenMs, totalMs } = caller.timeline.timing();
  return { ...event, usage, timing: { steps: { shared: [0, totalMs] }, firstTokenMs, totalMs } };
}

/** Lets go of the answer; the first who does so when all of it is made takes over what is left to do. */
async function leave(reader: Reader, caller: Caller): Promise<void> {
  // What fails in a source that nobody reads any more is of no interest.
  await reader.return().catch(() => {});
  const { source, isFirst } = reader;
  const { run, findings, restarts, servedBy } = source;
  const { similar } = findings;
  caller.steps = isFirst ? run.timeline.timing().steps : { shared: [0, caller.timeline.elapsedMs()] };
  Object.assign(caller.report, {
    ...{ restarts, isShared: !isFirst, degraded: Array.from(run.degraded) },
    ...(similar && { similar: similar.outcome, refused: similar.refused }),
    ...(servedBy !== undefined && { servedBy }),
  });
  source.bill.leave(caller, source.isOver);
  if (source.isOver) run.work.handOver(caller.afterResponse);
}
