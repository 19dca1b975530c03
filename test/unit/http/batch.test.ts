import { afterEach, describe, expect, it, vi } from 'vitest';
import { identifyAnybody } from '../../../lib/http/access.ts';
import type { Identify } from '../../../lib/http/router.ts';
import { RagError, type ErrorCode } from '../../../lib/rag/errors.ts';
import type { ChatMessage } from '../../../lib/rag/ports/models.ts';
import { finish } from '../../fakes/chat.ts';
import { call, createService, errorOf, post, textOf } from './calling.ts';

afterEach(() => void vi.useRealTimers());

interface Line {
  index: number;
  answer?: { answer: string; citations: number[] };
  error?: { code: string; retryable: boolean; requestId: string };
}

const ask = (count: number) => ({
  questions: Array.from({ length: count }, (_, index) => ({ question: `which door ${index}?` })),
});

/** A service that answers each question with the question. */
function createEcho(identify?: Identify) {
  const service = createService((messages) => [`To ${asked(messages)} [1].`, finish], identify);
  service.serve('guide', 'v1', ['the red door']);
  return service;
}

function asked(messages: readonly ChatMessage[]): string {
  return /which door \d+/.exec(messages.at(-1)!.content)?.[0] ?? '';
}

/** The caller who is refused as the test says. */
function refusing(code: ErrorCode, isRefused: (collection: string) => boolean = () => true): Identify {
  return (request) => {
    const identified = identifyAnybody(request);
    const { caller } = identified;
    const admit: typeof caller.admit = async (question, options) => {
      if (isRefused(question.collection)) throw new RagError(code, 'No.');
      return caller.admit(question, options);
    };
    return { ...identified, caller: { ...caller, admit } };
  };
}

function linesOf(text: string): Line[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

describe('POST /batch', () => {
  it('answers every question with a line of its own', async () => {
    const { api } = createEcho();
    const response = await post(api, '/batch', ask(30));
    expect([response.status, response.headers['content-type']]).toEqual([
      200,
      'application/x-ndjson; charset=utf-8',
    ]);
    const lines = linesOf(await textOf(response)).toSorted((a, b) => a.index - b.index);
    expect(lines.map(({ index, answer }) => [index, answer?.answer])).toEqual(
      lines.map((_, index) => [index, `To which door ${index} [1].`]),
    );
    expect(lines).toHaveLength(30);
  });

  it('takes as long as the slowest, not as all of them', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const service = createEcho();
    const open = (ms: number) => new Promise((resolve) => void setTimeout(resolve, ms));
    let opened = 0;
    service.calls.before('chat.open', () => open((opened += 1) * 100));
    const responding = post(service.api, '/batch', ask(20));
    await service.calls.made('chat.open', 20);
    await vi.advanceTimersByTimeAsync(2_000);
    const text = textOf(await responding);
    await vi.advanceTimersByTimeAsync(0);
    expect(service.calls.open()).toEqual([]);
    expect(linesOf(await text).every(({ answer }) => answer)).toBe(true);
  });

  it('answers so many at once and no more', async () => {
    const service = createEcho();
    const held = service.calls.hold('chat.open');
    const responding = post(service.api, '/batch', ask(50));
    await service.calls.made('chat.open', 20);
    expect(service.calls.of('embed').length).toBe(20);
    held.release();
    expect(linesOf(await textOf(await responding))).toHaveLength(50);
  });

  it('gives a line when its answer is there, while others are still made', async () => {
    const service = createEcho();
    const slow = Promise.withResolvers<void>();
    service.calls.before('chat.open', ({ input }) =>
      asked(input as ChatMessage[]).endsWith('0') ? slow.promise : undefined,
    );
    const response = await post(service.api, '/batch', ask(2));
    const lines = (response.body as AsyncIterable<string>)[Symbol.asyncIterator]();
    expect(linesOf((await lines.next()).value as string)).toMatchObject([{ index: 1 }]);
    expect(service.calls.open()).toContain('chat.open');
    slow.resolve();
    expect(linesOf((await lines.next()).value as string)).toMatchObject([{ index: 0 }]);
    expect(await lines.next()).toMatchObject({ done: true });
  });

  it('goes on after an error, which is a line', async () => {
    const service = createEcho();
    service.calls.before('chat.open', ({ input }) => {
      if (asked(input as ChatMessage[]).endsWith('1')) throw new RagError('model_busy', 'Busy.');
    });
    const lines = linesOf(await textOf(await post(service.api, '/batch', ask(3))));
    expect(lines.filter(({ answer }) => answer)).toHaveLength(2);
    expect(lines.find(({ index }) => index === 1)).toEqual({
      index: 1,
      error: { code: 'model_busy', message: 'Busy.', requestId: 'request-1', retryable: true },
    });
    expect(service.failures).toMatchObject([{ code: 'model_busy' }]);
  });

  it('leaves nothing undone that comes after an answer', async () => {
    const service = createEcho();
    const response = await post(service.api, '/batch', ask(5));
    await textOf(response);
    await response.afterResponse!();
    expect(service.calls.of('answers.put')).toHaveLength(5);
    expect(service.telemetry.reports).toHaveLength(5);
  });
});

describe('a batch', () => {
  it.each([
    ['of no questions', { questions: [] }, 'questions'],
    ['of 101', ask(101), 'questions'],
    ['that streams', { questions: [{ question: 'x', stream: true }] }, 'questions.0.stream'],
    ['with a bad question', { questions: [{ question: 'x' }, { question: '' }] }, 'questions.1.question'],
    ['of something else', { question: 'x' }, 'questions'],
  ])('%s is refused as a whole', async (_, body, field) => {
    const service = createEcho();
    const response = await post(service.api, '/batch', body);
    expect([response.status, errorOf(response)['code']]).toEqual([400, 'invalid_request']);
    expect((errorOf(response)['issues'] as { field: string }[])[0]!.field).toBe(field);
    expect(service.calls.all).toEqual([]);
  });

  it('of nobody has a true status, and reports are not lost', async () => {
    const service = createEcho(refusing('unauthorized'));
    const response = await post(service.api, '/batch', ask(3));
    expect([response.status, errorOf(response)['code']]).toEqual([401, 'unauthorized']);
    expect(service.calls.of('chat.open')).toEqual([]);
    expect(service.telemetry.reports).toHaveLength(3);
  });

  it('asks leave for each question by itself', async () => {
    const { api, serve } = createEcho(refusing('forbidden', (collection) => collection === 'hr'));
    serve('staff', 'v1', ['the door'], 'default/hr');
    const questions = [{ question: 'which door 0?', collection: 'hr' }, { question: 'which door 1?' }];
    const lines = linesOf(await textOf(await post(api, '/batch', { questions })));
    expect(lines.find(({ index }) => index === 0)).toMatchObject({ error: { code: 'forbidden' } });
    expect(lines.find(({ index }) => index === 1)).toMatchObject({ answer: { citations: [1] } });
  });

  it('whose reader leaves ends all that still runs', async () => {
    const service = createEcho();
    service.calls.before('chat.open', ({ input }) =>
      asked(input as ChatMessage[]).endsWith('0') ? undefined : new Promise(() => {}),
    );
    const response = await post(service.api, '/batch', ask(4));
    for await (const line of response.body) {
      expect(linesOf(line)).toMatchObject([{ index: 0 }]);
      break;
    }
    expect(service.calls.open()).toEqual([]);
    await response.afterResponse!();
    expect(service.telemetry.reports).toHaveLength(4);
    expect(service.failures).toEqual([]);
  });

  it('that the invocation has no time for ends with a line for each question', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const service = createEcho();
    service.calls.hold('chat.open');
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(ask(25));
    const responding = call(service.api, 'POST', '/batch', { headers, body, remainingMs: 4_000 });
    await service.calls.made('chat.open', 20);
    await vi.advanceTimersByTimeAsync(2_000);
    const text = textOf(await responding);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(linesOf(await text).map(({ error }) => error?.code)).toEqual(Array(25).fill('deadline'));
  });

  it('that is quiet keeps its connection open with white space', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const service = createEcho();
    const held = service.calls.hold('chat.open');
    const responding = post(service.api, '/batch', ask(1));
    await service.calls.made('chat.open');
    await vi.advanceTimersByTimeAsync(5_000);
    const text = textOf(await responding);
    await vi.advanceTimersByTimeAsync(31_000);
    held.release();
    expect(await text).toMatch(/^ {2}\{"index":0,"answer"/);
    expect(linesOf(await text)).toHaveLength(1);
  });
});
