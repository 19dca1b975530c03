import { ApiError, errorOfBody, networkError } from './error.ts';

/** How long a body may take after its head, in milliseconds. */
export const endsWithinMs = 30_000;

/**
 * The whole body of a response as JSON. Throws ApiError: `network` where it breaks or is not whole in time, `unknown` where it
 * is something else, as what a hotel's network answers in place of everybody.
 */
export async function readJson(response: Response): Promise<unknown> {
  const text = await readText(response);
  try {
    return JSON.parse(text);
  } catch (cause) {
    const message = 'What answered was not Raglan, or something between it and here.';
    throw new ApiError({ status: response.status, code: 'unknown', message, retryable: false }, { cause });
  }
}

/** An answer with an error status as an error. Reads its body. */
export async function errorOf(response: Response): Promise<ApiError> {
  const body = await readJson(response).catch(() => undefined);
  const requestId = response.headers.get('x-request-id') ?? undefined;
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  return errorOfBody(body, {
    status: response.status,
    ...(requestId !== undefined && { requestId }),
    ...(seconds >= 0 && { retryAfterMs: seconds * 1_000 }),
  });
}

async function readText({ body }: Response): Promise<string> {
  if (!body) return '';
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    // This ends the read that waits; a body that broke meanwhile says so there.
    reader.cancel().catch(() => undefined);
  }, endsWithinMs);
  try {
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (isLate) throw networkError();
      if (done) return text + decoder.decode();
      text += decoder.decode(value, { stream: true });
    }
  } catch (error) {
    throw networkError(error);
  } finally {
    clearTimeout(timer);
  }
}
