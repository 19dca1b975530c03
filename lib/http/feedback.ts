import * as z from 'zod';
import { noSuchAnswer, type TakeFeedback } from '../rag/cache/feedback.ts';
import type { Contract } from './contract.ts';
import { parseJsonBody } from './request.ts';
import { nothing } from './response.ts';
import type { Route } from './router.ts';
import { timed } from './timed.ts';

const answerId = /^[0-9a-f]{32}$/;

const feedbackBody = z.strictObject({
  right: z.boolean(),
  note: z.string().max(2_000, 'must be at most 2,000 characters').optional(),
});

/** The use case behind `POST /answers/{id}/feedback`. */
export interface FeedbackRouteDependencies {
  takeFeedback: TakeFeedback;
}

/** `POST /answers/{id}/feedback`: whether an answer was right. */
export function createFeedbackRoute({ takeFeedback }: FeedbackRouteDependencies): Route {
  return {
    method: 'POST',
    pattern: /^\/answers\/(?<id>[^/]+)\/feedback\/?$/,
    contract,
    handle: async (request, { id = '' }) => {
      if (!answerId.test(id)) throw noSuchAnswer();
      const { right: isRight, note } = parseJsonBody(request, feedbackBody);
      const verdict = { isRight, ...(note !== undefined && { note }) };
      const { caller } = request;
      return timed(async (options) => {
        const collections = await caller.collections(options);
        await takeFeedback({ tenant: caller.tenant, id, collections }, verdict, options);
        return nothing();
      });
    },
  };
}

function contract(): Contract {
  return {
    path: '/answers/{id}/feedback',
    operation: 'judgeAnswer',
    summary: 'Says whether an answer was right, for a day after it; the cache learns from it.',
    body: { content: { 'application/json': feedbackBody } },
    responses: { 204: { description: 'Noted.' } },
  };
}
