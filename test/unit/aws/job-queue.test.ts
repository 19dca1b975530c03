import type { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { readJobMessage } from '../../../lib/aws/job-messages.ts';
import { createJobQueue } from '../../../lib/aws/job-queue.ts';
import type { JobMessage } from '../../../lib/rag/ports/jobs.ts';

const options = { signal: new AbortController().signal };
const key = { tenant: 'acme', id: '4f0c1de2a3b4c5d6e7f8091a2b3c4d5e' };

/** A queue, and what was sent to it. */
function createQueue(fail?: Error) {
  const inputs: SendMessageCommand['input'][] = [];
  const client = {
    send: async ({ input }: SendMessageCommand) => {
      if (fail) throw fail;
      inputs.push(input);
    },
  };
  return { inputs, queue: createJobQueue(client as unknown as SQSClient, 'https://sqs.example/jobs') };
}

it.each<JobMessage>([
  key,
  { ...key, attempt: 3 },
  { ...key, attempt: 1, dueAtMs: 1_793_871_000_000 },
  { ...key, fruitless: 2 },
])('a message comes as it was sent: %j', async (message) => {
  const { inputs, queue } = createQueue();
  await queue.send(message, options);
  expect(inputs[0]?.QueueUrl).toBe('https://sqs.example/jobs');
  expect(readJobMessage(inputs[0]?.MessageBody ?? '')).toEqual(message);
});

it('a message is its tenant’s, so that one of many jobs is not before all others', async () => {
  const { inputs, queue } = createQueue();
  await queue.send(key, options);
  await queue.send({ ...key, tenant: 'umbrella' }, options);
  expect(inputs.map(({ MessageGroupId }) => MessageGroupId)).toEqual(['acme', 'umbrella']);
});

it.each([
  [undefined, 0],
  [-5_000, 0],
  [2_500, 3],
  [24 * 3_600_000, 900],
])(
  'a message that is due in %s ms is held back for %s s, and never for more than SQS can',
  async (inMs, s) => {
    const { inputs, queue } = createQueue();
    const due = inMs === undefined ? {} : { dueAtMs: Date.now() + inMs };
    await queue.send({ ...key, ...due }, options);
    expect(inputs[0]?.DelaySeconds).toBe(s);
  },
);

it('a queue that does not answer is `storage_unavailable`, unless the caller left', async () => {
  const { queue } = createQueue(new Error('refused'));
  await expect(queue.send(key, options)).rejects.toMatchObject({ code: 'storage_unavailable' });
  const reason = new Error('left');
  await expect(queue.send(key, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

it.each(['', '{}', '[]', '{"tenant":"acme"}', '{"tenant":"acme","id":1}'])(
  '%j is no message of ours',
  (body) => {
    expect(() => readJobMessage(body)).toThrow(/./);
  },
);
