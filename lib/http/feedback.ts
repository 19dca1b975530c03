import * as z from 'zod';
import type { TakeFeedback } from '../rag/cache/feedback.ts';
import { parseJsonBody } from './request.ts';
import { nothing } from './response.ts';
import type { Route } from './router.ts';
import { tenant } from './scope.ts';
import { timed } from './timed.ts';

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
    pattern: /^\/answers\/(?<id>[0-9a-f]{32})\/feedback\/?$/,
    handle: (request, { id = '' }) => {
      const { right: isRight, note } = parseJsonBody(request, feedbackBody);
      const verdict = { isRight, ...(note !== undefined && { note }) };
      return timed(async (options) => {
        await takeFeedback({ tenant, id }, verdict, options);
        return nothing();
      });
    },
  };
}
