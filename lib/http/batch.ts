import * as z from 'zod';
import { createAfterResponse } from '../async/after-response.ts';
import { asCompleted } from '../async/as-completed.ts';
import { withHeartbeat } from '../async/heartbeat.ts';
import { leavable } from '../async/leavable.ts';
import { started } from '../async/started.ts';
import { collectAnswer } from '../rag/ask/collect.ts';
import { RagError, toRagError } from '../rag/errors.ts';
import type { Question } from '../rag/types.ts';
import { resultBody } from './answer-body.ts';
import type { Contract } from './contract.ts';
import { toErrorBody } from './errors.ts';
import { questionsBody, toQuestion } from './question.ts';
import { parseJsonBody } from './request.ts';
import {
  afterResponseMs,
  beginAnswer,
  startLeaving,
  startWithinMs,
  type RespondDependencies,
} from './respond.ts';
import type { CallerRequest, Route } from './router.ts';
import { keepAliveMs } from './sse.ts';

/** How many questions of a batch are answered at once. */
const limit = 20;

const batchBody = z.strictObject({ questions: questionsBody });

/** What became of one question. */
type Result = { index: number } & ({ answer: Record<string, unknown> } | { error: Record<string, unknown> });

/** `POST /batch`: many questions, a line for each as soon as it is answered. */
export function createBatchRoute(deps: RespondDependencies): Route {
  return {
    method: 'POST',
    pattern: /^\/batch\/?$/,
    contract,
    handle: async (request) => {
      const body = parseJsonBody(request, batchBody);
      const questions = body.questions.map((question) => toQuestion(question, request.caller));
      const settling: Promise<void>[] = [];
      const { signal, leave } = startLeaving();
      const results = answerAll(deps, request, questions, { signal, settling });
      try {
        return {
          status: 200,
          headers: { 'content-type': 'application/x-ndjson; charset=utf-8', 'cache-control': 'no-store' },
          body: leavable(
            toLines(await started(results, startWithinMs), questions.length, request, deps.onError),
            leave,
          ),
          afterResponse: async () => void (await Promise.all(settling)),
        };
      } catch (error) {
        await Promise.all(settling);
        throw error;
      }
    },
  };
}

function contract(): Contract {
  return {
    path: '/batch',
    operation: 'askBatch',
    summary: 'Answers up to 100 questions, a line for each as soon as it is answered.',
    body: { content: { 'application/json': batchBody } },
    responses: {
      200: { description: 'The answers.', content: { 'application/x-ndjson': resultBody } },
    },
  };
}

/** The results as they come. Throws RagError `unauthorized`: that is nothing of a single question. */
function answerAll(
  deps: RespondDependencies,
  request: CallerRequest,
  questions: readonly Question[],
  { signal, settling }: { signal: AbortSignal; settling: Promise<void>[] },
): AsyncGenerator<Result, void> {
  const startedAt = performance.now();
  const left = () => request.remainingMs - (performance.now() - startedAt);
  return asCompleted(questions, { limit, signal }, async (question, index, signal): Promise<Result> => {
    const afterResponse = createAfterResponse(deps.onError);
    try {
      const options = { signal, afterResponse };
      const events = beginAnswer(deps, { caller: request.caller, remainingMs: left() }, question, options);
      return { index, answer: await collectAnswer(events) };
    } catch (error) {
      if (signal.aborted || (error instanceof RagError && error.code === 'unauthorized')) throw error;
      if (toRagError(error).status >= 500) deps.onError(error);
      return { index, ...toErrorBody(error, request.requestId) };
    } finally {
      // Not after the last line: what is booked by then is what others of the same budget may still use.
      settling.push(afterResponse.settle(afterResponseMs));
    }
  });
}

/** A line of JSON for each result, and for each question that has none when something else fails. Never throws. */
async function* toLines(
  results: AsyncIterable<Result>,
  count: number,
  { requestId }: CallerRequest,
  onError: (error: unknown) => void,
): AsyncGenerator<string, void> {
  const open = new Set(Array.from({ length: count }, (_, index) => index));
  const lines = (async function* encode() {
    for await (const result of results) {
      open.delete(result.index);
      yield `${JSON.stringify(result)}\n`;
    }
  })();
  try {
    // White space before the next line's value is no part of it.
    yield* withHeartbeat(lines, keepAliveMs, () => ' ');
  } catch (error) {
    onError(error);
    for (const index of open) yield `${JSON.stringify({ index, ...toErrorBody(error, requestId) })}\n`;
  }
}
