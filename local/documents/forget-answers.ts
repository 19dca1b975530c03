import { authorization } from '../authorization.ts';
import { reasonOf } from '../server-reply.ts';

/**
 * Has the running server forget the answers that the collection `main` has kept: those given while its documents were
 * still being read know nothing of the later ones, and would be served for a day. Throws an Error if it refuses.
 */
export async function forgetAnswers(url: string, signal: AbortSignal, key?: string): Promise<void> {
  const response = await fetch(`${url}/cache`, { method: 'DELETE', headers: authorization(key), signal });
  if (!response.ok) throw new Error(`The answer cache was not purged. ${await reasonOf(response)}`);
}
