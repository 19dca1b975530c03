import { expect, it } from 'vitest';
import { errorCodes } from '../../../../lib/rag/errors.ts';
import { ApiError, errorOfBody } from '../../../../web/api/error.ts';
import { toProblem } from '../../../../web/api/problems.ts';

const error = (code: string, retryAfterMs?: number) =>
  new ApiError({
    ...{ status: 500, code, message: 'What the server says.', retryable: false },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

it.each(errorCodes)('says what happened and what to do: %s', (code) => {
  const { title, whatToDo } = toProblem(error(code));
  expect(title).toMatch(/\.$/);
  expect(whatToDo).toMatch(/\.$/);
});

it.each([
  [undefined, 'in a moment'],
  [400, 'in 1 second'],
  [90_000, 'in 90 seconds'],
  [600_000, 'in 10 minutes'],
  [7_200_000, 'in 2 hours'],
  [8 * 86_400_000, 'in 8 days'],
])('tells when: %s ms is %s', (ms, words) => {
  expect(toProblem(error('budget_exhausted', ms)).whatToDo).toContain(words);
});

it('keeps what the server says where that is what helps', () => {
  expect(toProblem(error('forbidden')).whatToDo).toBe('What the server says.');
});

it('takes what is no error of the API for a fault of the page', () => {
  expect(toProblem(new TypeError('x'))).toEqual({
    title: 'The page has a fault.',
    whatToDo: expect.any(String),
  });
});

it.each([
  ['invalid_api_key', 'A key is needed.'],
  ['rate_limit_exceeded', 'Too many questions in a short time.'],
  ['insufficient_quota', "This month's budget is used up."],
])('says the same of errors that come by the names of OpenAI: %s', (code, title) => {
  const body = { error: { code, message: 'Send it in a header.', type: 'x', param: null } };
  expect(toProblem(errorOfBody(body, { status: 400 })).title).toBe(title);
});
