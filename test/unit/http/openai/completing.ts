import type { Api } from '../../../../lib/http/api.ts';
import { post, textOf } from '../calling.ts';

/** A request that is whole, but for what the test says. */
export function complete(api: Api, more: Record<string, unknown> = {}) {
  const messages = [{ role: 'user', content: 'which door?' }];
  return post(api, '/v1/chat/completions', { model: 'raglan', messages, ...more });
}

/** What stands in the frames of a stream, in order; `[DONE]` as it is. */
export async function framesOf(response: Awaited<ReturnType<typeof post>>): Promise<unknown[]> {
  const frames = (await textOf(response)).split('\n\n').filter((frame) => frame.startsWith('data: '));
  return frames.map((frame) => {
    const data = frame.slice('data: '.length);
    return data === '[DONE]' ? data : JSON.parse(data);
  });
}
