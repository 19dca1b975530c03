import { authorization } from '../authorization.ts';
import { noServerAt, reasonOf } from '../server-reply.ts';
import { AskFailure } from './client.ts';

/** Tells a running server that an answer it gave was wrong. Throws AskFailure. */
export async function tellWrong(url: string, id: string, signal: AbortSignal): Promise<void> {
  let response: Response;
  try {
    response = await fetch(new URL(`/answers/${encodeURIComponent(id)}/feedback`, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization() },
      body: JSON.stringify({ right: false }),
      signal,
    });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new AskFailure(noServerAt(url), { cause: error });
  }
  if (!response.ok) throw new AskFailure(await reasonOf(response));
}
