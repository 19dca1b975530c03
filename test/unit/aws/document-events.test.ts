import type { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { createDocumentEvents } from '../../../lib/aws/document-events.ts';
import { documentsOf } from '../../../lib/aws/object-events.ts';

const options = { signal: new AbortController().signal };

/** The events over a queue that does this with what is sent to it. */
function eventsOver(send: (command: SendMessageCommand) => Promise<unknown>) {
  return createDocumentEvents({ send } as unknown as SQSClient, {
    queueUrl: 'https://queue.example/ingest',
    bucket: 'docs',
  });
}

describe('an event that is sent anew', () => {
  it.each(['guide.md', "a b/é (1)+'x.md", 'x & y = z.txt'])('is one about %j', async (id) => {
    const sent: SendMessageCommand['input'][] = [];
    const events = eventsOver(async ({ input }) => sent.push(input));
    await events.replay({ scope: 'default/main', id }, options);
    expect(sent.map(({ QueueUrl }) => QueueUrl)).toEqual(['https://queue.example/ingest']);
    expect(documentsOf(sent[0]?.MessageBody ?? '', 'docs')).toEqual([{ scope: 'default/main', id }]);
  });

  it('that the queue does not take is a failure that may heal', async () => {
    const events = eventsOver(() => Promise.reject(new Error('no')));
    await expect(events.replay({ scope: 'default/main', id: 'a' }, options)).rejects.toMatchObject({
      code: 'storage_unavailable',
      retryable: true,
    });
  });

  it('is given up with the reason of a signal that has aborted', async () => {
    const reason = new Error('left');
    const events = eventsOver(() => Promise.reject(new Error('aborted')));
    const gone = { signal: AbortSignal.abort(reason) };
    await expect(events.replay({ scope: 'default/main', id: 'a' }, gone)).rejects.toBe(reason);
  });
});
