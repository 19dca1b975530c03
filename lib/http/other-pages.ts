import { RagError } from '../rag/errors.ts';
import type { Answer } from './with-errors.ts';

/**
 * Refuses what pages of other origins send, but for the allowed ones. For where callers need no key: any page that its
 * reader opens could otherwise put documents here, since browsers send simple requests without asking first. They say in
 * `Origin` whose page it was, always but for reading.
 */
export function refuseOtherPages(answer: Answer, allowedOrigins: readonly string[]): Answer {
  const allowed = new Set(allowedOrigins);
  return async (request) => {
    const { origin, host } = request.headers;
    const isOwn = origin === `http://${host}` || origin === `https://${host}`;
    if (origin === undefined || isOwn || allowed.has(origin)) return answer(request);
    throw new RagError(
      'forbidden',
      'Without keys, pages of other origins may not call. Name the origin in ALLOWED_ORIGINS, or set AUTH=keys.',
    );
  };
}
