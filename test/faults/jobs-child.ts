/** `functions/jobs.ts` in a process of its own, for one invocation: it takes the event over IPC and says what it answers. */
import { randomUUID } from 'node:crypto';
import type { SQSEvent } from 'aws-lambda';
import { createContext } from '../../local/lambda/context.ts';

// By so much the time of day runs ahead, so that leases of others are over.
const aheadMs = Number(process.env['AHEAD_MS'] ?? 0);
const realNow = Date.now.bind(Date);
const { handler } = await import('../../functions/jobs.ts');

process.once('message', (event: SQSEvent) => {
  Date.now = () => realNow() + aheadMs;
  const deadline = Date.now() + 900_000;
  const context = createContext({ functionName: 'jobs', requestId: randomUUID(), deadline });
  handler(event, context).then(
    (response) => process.send?.(response, () => process.exit(0)),
    () => process.exit(1),
  );
});
process.send?.('ready');
