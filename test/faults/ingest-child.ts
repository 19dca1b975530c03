/** `functions/ingest.ts` in a process of its own, for one invocation: it takes the event over IPC and says what it answers. */
import { randomUUID } from 'node:crypto';
import type { SQSEvent } from 'aws-lambda';
import { handler } from '../../functions/ingest.ts';
import { createContext } from '../../local/lambda/context.ts';

process.once('message', (event: SQSEvent) => {
  const deadline = Date.now() + 900_000;
  const context = createContext({ functionName: 'ingest', requestId: randomUUID(), deadline });
  handler(event, context).then(
    (response) => process.send?.(response, () => process.exit(0)),
    () => process.exit(1),
  );
});
process.send?.('ready');
