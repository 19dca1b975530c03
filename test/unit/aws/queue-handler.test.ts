import type { SQSRecord } from 'aws-lambda';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createQueueHandler, type Delivered } from '../../../lib/aws/queue-handler.ts';
import { createContext } from '../../../local/lambda/context.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }));
afterEach(() => void vi.useRealTimers());

const toRecord = (body: string, receives = 1) =>
  ({
    ...{ messageId: body, body, eventSource: 'aws:sqs' },
    attributes: { ApproximateReceiveCount: String(receives) },
  }) as unknown as SQSRecord;

/** One invocation with 100 seconds, of which 20 are for handing over. */
function invoke(Records: SQSRecord[], take: (body: string, delivered: Delivered) => Promise<void>) {
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const handler = createQueueHandler({ maxReceives: 4, handOverMs: 20_000, take, onError });
  const deadline = Date.now() + 100_000;
  const answer = handler({ Records }, createContext({ functionName: 'f', requestId: 'r', deadline }));
  return { answer, errors };
}

it('names those messages that failed, all of them or some, and tells why', async () => {
  const died = new Error('It died.');
  const take = async (body: string) => {
    if (body !== 'good') throw died;
  };
  const { answer, errors } = invoke([toRecord('bad'), toRecord('good'), toRecord('worse')], take);
  expect(await answer).toEqual({
    batchItemFailures: [{ itemIdentifier: 'bad' }, { itemIdentifier: 'worse' }],
  });
  expect(errors).toEqual([died, died]);
  expect(await invoke([toRecord('bad')], take).answer).toEqual({
    batchItemFailures: [{ itemIdentifier: 'bad' }],
  });
});

it('says which delivery of how many tries it is', async () => {
  const seen: unknown[] = [];
  const take = async (body: string, { attempt, tries }: Delivered) => void seen.push([body, attempt, tries]);
  await invoke([toRecord('first'), toRecord('last', 4)], take).answer;
  expect(seen).toEqual([
    ['first', 1, 3],
    ['last', 4, 3],
  ]);
});

it('ends the work five seconds before the invocation does, and before that begins nothing', async () => {
  let delivered: Delivered | undefined;
  const over = Promise.withResolvers<void>();
  const { answer } = invoke([toRecord('long')], async (_, given) => {
    delivered = given;
    given.signal.addEventListener('abort', () => over.resolve());
    await over.promise;
  });
  const state = () => [delivered?.closing.aborted, delivered?.signal.aborted];
  await vi.advanceTimersByTimeAsync(74_999);
  expect(state()).toEqual([false, false]);
  await vi.advanceTimersByTimeAsync(1);
  expect(state()).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(19_999);
  expect(state()).toEqual([true, false]);
  await vi.advanceTimersByTimeAsync(1);
  expect(state()).toEqual([true, true]);
  await answer;
  expect(vi.getTimerCount()).toBe(0);
});
