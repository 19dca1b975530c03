import { delay } from '../../async/delay.ts';
import { RagError } from '../errors.ts';
import type { AnswerLog, AnswerLogKey, NumberedEvent } from '../ports/answer-log.ts';
import type { CallOptions } from '../ports/call.ts';

/** How often a log is read for what is new. */
const pollMs = 250;

/** So long without a sign of life, and nobody makes the answer any more: five times what its maker is silent for at most. */
const lifeMs = 10_000;

/**
 * The events of an answer after the one with the id `after`, which a caller has: those that are there, then each as it comes,
 * to the last. Throws RagError `answer_cut` if the answer's maker died, `storage_unavailable`, or the signal's reason.
 */
export type ResumeAnswer = (
  key: AnswerLogKey,
  after: number,
  options: CallOptions,
) => AsyncGenerator<NumberedEvent, void>;

/** Creates the use case. A maker's life is told by what is new in its log, by the reader's own clock. */
export function createResumeAnswer(log: AnswerLog): ResumeAnswer {
  return async function* resume(key, after, { signal }) {
    let known = after;
    let beats = -1;
    let aliveAtMs = performance.now();
    for (;;) {
      const before = known;
      const reading = await log.read(key, known, { signal });
      for (const { first, events } of reading.parts) {
        // A part may hold again what came before.
        for (const [n, event] of events.entries()) {
          if (first + n <= known) continue;
          known = first + n;
          yield { id: known, event };
        }
      }
      if (reading.isOver) return;
      if (known > before || reading.beats !== beats) aliveAtMs = performance.now();
      else if (performance.now() - aliveAtMs > lifeMs) throw died();
      beats = reading.beats;
      await delay(pollMs, { signal });
    }
  };
}

function died(): RagError {
  return new RagError('answer_cut', 'Whoever made the answer is gone, and it is not whole. Ask again.');
}
