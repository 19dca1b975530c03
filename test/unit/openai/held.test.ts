import { expect, it } from 'vitest';
import { createChat } from '../../../lib/openai/chat.ts';
import { createOpenAi } from '../../../lib/openai/client.ts';
import { modelFetch } from '../../../lib/openai/fetch.ts';
import { isCollected } from '../../fakes/collected.ts';
import { beginStream, startUpstream, textChunk, toFrame, type Exchange } from './upstream.ts';

const { signal } = new AbortController();

/** Begins an answer, and leaves it open. */
function begin(exchange: Exchange): void {
  beginStream(exchange);
  exchange.response.write(toFrame(textChunk('It ')));
}

it('an open answer does not hold its prompt', async () => {
  const { baseUrl } = await startUpstream(begin);
  const chat = createChat(createOpenAi({ baseUrl, apiKey: async () => 'key-1' }), 'gpt-test');
  const open = async () => {
    const messages = [{ role: 'user' as const, content: 'Why is the door red?' }];
    return { stream: await chat.open(messages, { signal }), prompt: new WeakRef(messages) };
  };
  const { stream, prompt } = await open();
  const parts = stream.parts[Symbol.asyncIterator]();
  expect((await parts.next()).value).toEqual({ type: 'text', text: 'It ' });
  expect(await isCollected(prompt)).toBe(true);
  await parts.return?.();
});

it('an open call does not hold what was sent', async () => {
  const { baseUrl } = await startUpstream(begin);
  const call = async () => {
    const body = Buffer.from(JSON.stringify({ input: 'x'.repeat(100_000) }));
    const answer = await modelFetch(`${baseUrl}/chat/completions`, { method: 'POST', body, signal });
    return { answer, sent: new WeakRef(body) };
  };
  const { answer, sent } = await call();
  const parts = (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  expect((await parts.next()).done).toBe(false);
  expect(await isCollected(sent)).toBe(true);
  await parts.return?.();
});
