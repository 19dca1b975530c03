import { afterEach, describe, expect, it, vi } from 'vitest';
import { RagError } from '../../../lib/rag/errors.ts';
import { finish } from '../../fakes/chat.ts';
import { call, createService, errorOf, parsed, post, textOf } from './calling.ts';

afterEach(() => void vi.useRealTimers());

function withGuide(reply?: Parameters<typeof createService>[0]) {
  const service = createService(reply);
  service.serve('guide', 'v1', ['the red door']);
  return service;
}

describe('one JSON answer', () => {
  it('holds the whole text, its sources and how it ended', async () => {
    const { api } = withGuide(() => ['It is ', 'red [1].', finish]);
    const response = await post(api, '/ask', { question: ' which door? ' });
    expect([response.status, response.headers['content-type']]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    expect(parsed(response)).toMatchObject({
      ...{ answer: 'It is red [1].', cached: false, finishReason: 'stop', citations: [1] },
      sources: [{ n: 1, document: 'guide', snippet: 'the red door' }],
    });
  });

  it('that fails has a true status, and its report is not lost', async () => {
    const service = withGuide(() => ['It is ']);
    const response = await post(service.api, '/ask', { question: 'which door?' });
    expect([response.status, errorOf(response)['code']]).toEqual([502, 'answer_cut']);
    expect(service.telemetry.reports).toMatchObject([{ outcome: 'error', errorCode: 'answer_cut' }]);
  });

  it('tells for how long to wait', async () => {
    const service = withGuide();
    const busy = new RagError('model_busy', 'Busy.', { retryAfterMs: 1_200 });
    service.calls.before('chat.open', () => Promise.reject(busy));
    const response = await post(service.api, '/ask', { question: 'which door?' });
    expect([response.status, response.headers['retry-after']]).toEqual([503, '2']);
  });
});

describe('a stream', () => {
  it.each([
    ['stream: true', { stream: true }, {}, true],
    ['the Accept header', {}, { accept: 'text/event-stream' }, true],
    ['neither', {}, {}, false],
    ['stream: false against the header', { stream: false }, { accept: 'text/event-stream' }, false],
  ])('is chosen by %s', async (_, body, headers, isStream) => {
    const { api } = withGuide();
    const response = await post(api, '/ask', { question: 'x', ...body }, headers);
    expect(response.headers['content-type']!.startsWith('text/event-stream')).toBe(isStream);
    await textOf(response);
  });

  it('has sources, deltas and done; cache and report come after it', async () => {
    const service = withGuide();
    const response = await post(service.api, '/ask', { question: 'which door?', stream: true });
    const names = Array.from((await textOf(response)).matchAll(/^event: (\w+)$/gm), ([, name]) => name);
    expect(names).toEqual(['sources', 'delta', 'done']);
    expect(service.calls.of('answers.put')).toEqual([]);
    await response.afterResponse!();
    expect(service.calls.of('answers.put')).toHaveLength(1);
    expect(service.telemetry.reports).toHaveLength(1);
  });

  it('that fails before its first event has a true status', async () => {
    const service = withGuide();
    service.calls.before('embed', () => Promise.reject(new RagError('model_unavailable', 'No model.')));
    const response = await post(service.api, '/ask', { question: 'which door?', stream: true });
    expect([response.status, errorOf(response)['code']]).toEqual([502, 'model_unavailable']);
    expect(service.telemetry.reports).toHaveLength(1);
  });

  it('that is cut ends with an error event, and is told and reported', async () => {
    const service = withGuide(() => ['It is ']);
    const response = await post(service.api, '/ask', { question: 'which door?', stream: true });
    const text = await textOf(response);
    expect(text).toMatch(/event: error\ndata: {"error":{"code":"answer_cut".*\n\n$/);
    expect(text).not.toContain('event: done');
    await response.afterResponse!();
    expect(service.failures).toMatchObject([{ code: 'answer_cut' }]);
    expect(service.calls.of('answers.put')).toEqual([]);
  });

  it('begins after five seconds at the latest', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const service = withGuide();
    const opening = service.calls.hold('chat.open');
    const responding = post(service.api, '/ask', { question: 'which door?', stream: true });
    await service.calls.made('chat.open');
    await vi.advanceTimersByTimeAsync(5_000);
    const response = await responding;
    expect(response.status).toBe(200);
    opening.release();
    expect(await textOf(response)).toContain('event: done');
  });
});

it('has the time that the invocation has, less what the end takes', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const service = withGuide();
  service.calls.hold('chat.open');
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ question: 'which door?' });
  const responding = call(service.api, 'POST', '/ask', { headers, body, remainingMs: 10_000 });
  const opening = await service.calls.made('chat.open');
  await vi.advanceTimersByTimeAsync(7_999);
  expect(opening.signal.aborted).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(errorOf(await responding)).toMatchObject({ code: 'deadline' });
});

describe('a filter', () => {
  it.each([
    [{ team: 'legal' }, { team: ['legal'] }],
    [
      { team: ['legal', 'legal', 'hr'], open: true, n: 1.5 },
      { team: ['legal', 'hr'], open: [true], n: [1.5] },
    ],
  ])('%j is a set of values for each name', async (filter, wanted) => {
    const service = createService();
    const fields = { team: 'legal', open: true, n: 1.5 };
    service.serve('guide', 'v1', ['the red door'], 'default/main', { fields });
    expect((await post(service.api, '/ask', { question: 'which door?', filter })).status).toBe(200);
    expect(service.calls.of('chunks.search')[0]!.input).toMatchObject({ filter: wanted });
  });

  it('that is empty is none', async () => {
    const service = withGuide();
    expect(
      parsed(await post(service.api, '/ask', { question: 'which door?', filter: {} })),
    ).not.toHaveProperty('filtered');
    expect(service.calls.of('chunks.search')[0]!.input).toMatchObject({ filter: undefined });
  });

  it.each([
    [{ team: null }],
    [{ team: [] }],
    [{ team: '' }],
    [{ team: { not: 'legal' } }],
    [{ team: Array.from({ length: 11 }, (_, n) => n) }],
    [{ Team: 'legal' }],
    [{ 'a.b': 'legal' }],
    ['team'],
    [[]],
    [Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`n${n}`, n]))],
    [{ unheard: 'of' }],
  ])('%j is refused', async (filter) => {
    const { api } = withGuide();
    const response = await post(api, '/ask', { question: 'which door?', filter });
    expect([response.status, errorOf(response)['code']]).toEqual([400, 'invalid_request']);
  });
});

it('asks in the collection that was named', async () => {
  const service = createService();
  service.serve('guide', 'v1', ['the red door'], 'default/hr');
  const hr = parsed(await post(service.api, '/ask', { question: 'which door?', collection: 'hr' }));
  const main = parsed(await post(service.api, '/ask', { question: 'which door?' }));
  expect([hr['finishReason'], main['finishReason']]).toEqual(['stop', 'declined']);
});
