import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { keepAliveMs } from '../../../lib/http/sse.ts';
import type { HttpResponse } from '../../../lib/http/response.ts';
import { finish } from '../../fakes/chat.ts';
import { call, createService, post } from './calling.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** A service whose model falls silent for good after its first words. */
function withSilentModel() {
  const service = createService(() => ['It is ', 'red [1].', finish]);
  service.serve('guide', 'v1', ['the red door']);
  let said = 0;
  const silence = new Promise<void>(() => {});
  service.calls.before('chat.next', () => (said++ === 0 ? undefined : silence));
  return service;
}

type Service = ReturnType<typeof withSilentModel>;

/** Reads until nothing has come for so long that the stream says that it is there, and leaves. */
async function leaveInSilence(response: HttpResponse, beat: string): Promise<void> {
  const parts = (response.body as AsyncIterable<string>)[Symbol.asyncIterator]();
  for (let part = ''; part !== beat;) {
    const next = parts.next();
    await vi.advanceTimersByTimeAsync(keepAliveMs);
    part = (await next).value as string;
  }
  await parts.return!();
}

const comment = ': keep-alive\n\n';

/** That nothing runs any more, and what has run was no failure. */
async function expectOver({ calls, failures }: Service, response: HttpResponse): Promise<void> {
  expect(calls.open()).toEqual([]);
  await response.afterResponse?.();
  expect(vi.getTimerCount()).toBe(0);
  expect(failures.filter((error) => (error as { code?: string }).code !== 'answer_cut')).toEqual([]);
}

describe('who leaves while nothing comes frees at once what an answer holds', () => {
  it.each([
    ['a stream', '/ask', { question: 'which door?', stream: true }],
    [
      "a stream in OpenAI's format",
      '/v1/chat/completions',
      { model: 'raglan', stream: true, messages: [{ role: 'user', content: 'which door?' }] },
    ],
  ])('of %s, whose log tells that it was cut', async (_, url, body) => {
    const service = withSilentModel();
    const response = await post(service.api, url, body);
    await leaveInSilence(response, comment);
    await expectOver(service, response);
    expect(service.calls.of('chat.closed')).toHaveLength(1);
    const [log] = Array.from(service.log.entries.values());
    const events = Array.from(log!.parts.values()).flatMap((part) => part.events);
    expect(events.at(-1)).toMatchObject({ type: 'error', error: { code: 'answer_cut' } });
    expect(service.telemetry.reports.at(-1)).toMatchObject({ outcome: 'aborted' });
  });

  it('of a batch', async () => {
    const service = withSilentModel();
    const questions = [{ question: 'which door?' }, { question: 'which door is red?' }];
    const asked = post(service.api, '/batch', { questions });
    await vi.advanceTimersByTimeAsync(5_000);
    const response = await asked;
    await leaveInSilence(response, ' ');
    await expectOver(service, response);
    expect(service.calls.of('chat.closed')).toHaveLength(2);
  });

  it('of a stream that is read again', async () => {
    const service = withSilentModel();
    const key = { tenant: 'default', id: 'a'.repeat(32) };
    const { signal } = new AbortController();
    await service.log.open(key, { collection: 'main', maker: 'another' }, { signal });
    let reads = 0;
    service.calls.before('log.read', () => (++reads < 3 ? undefined : new Promise<void>(() => {})));
    const asked = call(service.api, 'GET', `/answers/${key.id}/events`);
    await vi.advanceTimersByTimeAsync(5_000);
    const response = await asked;
    await leaveInSilence(response, comment);
    expect(reads).toBe(3);
    await expectOver(service, response);
  });
});
