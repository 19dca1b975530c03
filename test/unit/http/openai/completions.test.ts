import { afterEach, describe, expect, it, vi } from 'vitest';
import { RagError } from '../../../../lib/rag/errors.ts';
import { finish, fakeUsage } from '../../../fakes/chat.ts';
import { call, createService, parsed, textOf } from '../calling.ts';
import { complete, framesOf } from './completing.ts';

afterEach(() => void vi.useRealTimers());

function withGuide(reply?: Parameters<typeof createService>[0]) {
  const service = createService(reply);
  service.serve('guide', 'v1', ['the red door']);
  return service;
}

const usage = {
  prompt_tokens: fakeUsage.promptTokens,
  completion_tokens: fakeUsage.completionTokens,
  total_tokens: fakeUsage.promptTokens + fakeUsage.completionTokens,
};

const citation = {
  type: 'url_citation',
  url_citation: { start_index: 10, end_index: 13, url: 's3://documents/guide', title: 'guide' },
};

describe('a completion', () => {
  it('holds the answer, its citations, its sources and what was used', async () => {
    const { api } = withGuide(() => ['It is ', 'red [1].', finish]);
    const response = await complete(api);
    expect([response.status, response.headers['content-type']]).toEqual([
      200,
      'application/json; charset=utf-8',
    ]);
    const completion = parsed(response);
    expect(completion).toMatchObject({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{32}$/),
      object: 'chat.completion',
      model: 'raglan',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'It is red [1].', refusal: null, annotations: [citation] },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage,
      sources: [{ n: 1, document: 'guide', snippet: 'the red door' }],
    });
    expect(Math.abs(Number(completion['created']) - Date.now() / 1_000)).toBeLessThan(5);
  });

  it.each([
    ['the model cut', ['It is', { ...finish, reason: 'length' } as const], 'length', 'It is'],
    [
      'was declined',
      ['NOT_IN_SOURCES', finish],
      'stop',
      'I could not find an answer to that in the documents.',
    ],
    ['was filtered', ['It is', { ...finish, reason: 'filtered' } as const], 'content_filter', 'It is'],
  ])('that %s says so as OpenAI does', async (_, reply, reason, content) => {
    const completion = parsed(await complete(withGuide(() => reply).api));
    expect(completion).toMatchObject({ choices: [{ message: { content }, finish_reason: reason }], usage });
  });

  it('that fails has a true status', async () => {
    const service = withGuide(() => ['It is ']);
    const response = await complete(service.api);
    expect([response.status, parsed(response)]).toEqual([
      502,
      {
        error: {
          message: expect.any(String),
          type: 'server_error',
          param: null,
          code: 'answer_cut',
          requestId: 'request-1',
        },
      },
    ]);
    expect(response.headers['x-should-retry']).toBe('true');
    expect(service.failures).toMatchObject([{ code: 'answer_cut' }]);
  });

  it('of a model with sources ends with a list of those that it cites', async () => {
    const service = createService(() => ['It is red [2].', finish]);
    service.serve('other', 'v1', ['which door']);
    service.serve('guide', 'v1', ['the red door']);
    const completion = parsed(await complete(service.api, { model: 'raglan+sources' }));
    const content = 'It is red [2].\n\nSources:\n- [2] guide: s3://documents/guide';
    const [choice] = completion['choices'] as [{ message: { annotations: unknown[] } }];
    expect(choice).toMatchObject({ message: { content } });
    expect(choice.message.annotations).toHaveLength(1);
    const declined = withGuide(() => ['NOT_IN_SOURCES', finish]);
    const nothing = await complete(declined.api, { model: 'raglan+sources' });
    expect(nothing.body).not.toContain('Sources:');
  });
});

describe('a stream', () => {
  it('begins with the role and the sources, goes on with text, and ends with citations and [DONE]', async () => {
    const { api } = withGuide(() => ['It is ', 'red [1].', finish]);
    const response = await complete(api, { stream: true });
    expect(response.headers['content-type']).toContain('text/event-stream');
    const frames = await framesOf(response);
    const choice = (delta: object, reason: string | null = null) => ({
      id: expect.stringMatching(/^chatcmpl-[0-9a-f]{32}$/),
      object: 'chat.completion.chunk',
      created: expect.any(Number),
      model: 'raglan',
      choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }],
    });
    expect(frames).toEqual([
      {
        ...choice({ role: 'assistant', content: '', refusal: null }),
        sources: [expect.objectContaining({ n: 1, document: 'guide' })],
      },
      choice({ content: 'It is ' }),
      choice({ content: 'red [1].' }),
      choice({ annotations: [citation] }, 'stop'),
      '[DONE]',
    ]);
    expect(new Set(frames.slice(0, -1).map((frame) => (frame as { id: string }).id)).size).toBe(1);
  });

  it('tells what was used in a last chunk, only if asked', async () => {
    const { api } = withGuide();
    const frames = await framesOf(
      await complete(api, { stream: true, stream_options: { include_usage: true } }),
    );
    expect(frames.at(-1)).toBe('[DONE]');
    expect(frames.at(-2)).toMatchObject({ choices: [], usage });
    for (const frame of frames.slice(0, -2)) expect(frame).toMatchObject({ usage: null });
  });

  it('of a model with sources ends with their list', async () => {
    const { api } = withGuide();
    const frames = await framesOf(await complete(api, { stream: true, model: 'raglan+sources' }));
    expect(JSON.stringify(frames.at(-3))).toContain('- [1] guide: s3://documents/guide');
    expect(frames.at(-2)).toMatchObject({ choices: [{ finish_reason: 'stop' }] });
  });

  it('that is cut ends with an error, without a finish reason and without [DONE]', async () => {
    const service = withGuide(() => ['It is ']);
    const response = await complete(service.api, { stream: true });
    const frames = await framesOf(response);
    expect(frames.at(-1)).toMatchObject({ error: { type: 'server_error', code: 'answer_cut', param: null } });
    expect(JSON.stringify(frames)).not.toMatch(/DONE|"finish_reason":"/);
    await response.afterResponse!();
    expect(service.failures).toMatchObject([{ code: 'answer_cut' }]);
    expect(service.telemetry.reports).toMatchObject([{ outcome: 'error', errorCode: 'answer_cut' }]);
  });

  it('that was filtered ends as OpenAI ends it', async () => {
    const { api } = withGuide(() => ['It is', { ...finish, reason: 'filtered' }]);
    const frames = await framesOf(await complete(api, { stream: true }));
    expect(frames.slice(-2)).toMatchObject([{ choices: [{ finish_reason: 'content_filter' }] }, '[DONE]']);
  });

  it('that fails before its first event has a true status', async () => {
    const service = withGuide();
    const busy = new RagError('model_busy', 'Busy.', { retryAfterMs: 1_200 });
    service.calls.before('embed', () => Promise.reject(busy));
    const response = await complete(service.api, { stream: true });
    expect([response.status, response.headers['retry-after']]).toEqual([503, '2']);
    expect(parsed(response)).toMatchObject({ error: { code: 'model_busy' } });
  });

  it('is kept open while nothing comes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const service = withGuide();
    const opening = service.calls.hold('chat.open');
    const responding = complete(service.api, { stream: true });
    await service.calls.made('chat.open');
    await vi.advanceTimersByTimeAsync(5_000);
    const response = await responding;
    const reading = textOf(response);
    await vi.advanceTimersByTimeAsync(15_000);
    opening.release();
    expect(await reading).toMatch(/^: keep-alive\n\ndata: \{/);
  });
});

it('caches and reports as /ask does, once the caller has everything', async () => {
  const service = withGuide();
  const response = await complete(service.api);
  expect(service.calls.of('answers.put')).toEqual([]);
  await response.afterResponse!();
  expect(service.calls.of('answers.put')).toHaveLength(1);
  const again = parsed(await complete(service.api));
  expect(again).toMatchObject({ usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } });
  expect(service.calls.of('chat.open')).toHaveLength(1);
});

it('asks in the collection that the model names', async () => {
  const service = createService();
  service.serve('guide', 'v1', ['the red door'], 'default/hr');
  const sourcesOf = async (model: string) => parsed(await complete(service.api, { model }))['sources'];
  expect(await sourcesOf('raglan/hr')).toHaveLength(1);
  expect(await sourcesOf('raglan')).toEqual([]);
});

it('a stream is logged as every other, under the id that the completion has', async () => {
  const service = withGuide(() => ['It is ']);
  const response = await complete(service.api, { stream: true });
  const [begin] = (await framesOf(response)) as { id: string }[];
  await response.afterResponse!();
  const events = await call(service.api, 'GET', `/answers/${begin!.id.replace('chatcmpl-', '')}/events`);
  expect(await textOf(events)).toMatch(
    /event: sources\n[^]*event: error\ndata: {"error":{"code":"answer_cut"/,
  );
});

it('a stream that was stopped is not whole, in the only word that OpenAI has for it', async () => {
  const service = withGuide(() => ['It is ', 'red ', 'and ', 'more', finish]);
  const response = await complete(service.api, { stream: true });
  const frames: string[] = [];
  for await (const frame of response.body) {
    frames.push(frame);
    if (frames.length !== 2) continue;
    const id = /chatcmpl-([0-9a-f]{32})/.exec(frame)![1];
    expect((await call(service.api, 'POST', `/answers/${id}/stop`)).status).toBe(202);
  }
  expect(frames.at(-2)).toContain('"finish_reason":"length"');
  expect(frames.at(-1)).toBe('data: [DONE]\n\n');
  expect(frames.join('')).not.toContain('more');
});
