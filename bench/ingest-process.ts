/**
 * `functions/ingest.ts` in a process of its own, as on Lambda. It is invoked over IPC, many times at once if its parent
 * likes, tells on request how the event loop did since it last told, and ends with its parent.
 */
import { randomUUID } from 'node:crypto';
import type { SQSEvent } from 'aws-lambda';
import { createContext } from '../local/lambda/context.ts';
import type { IngestReport, IngestRequest } from './ingest-function.ts';
import { watchLoop } from './loop-watch.ts';

const lambdaMs = 900_000;

const { handler } = await import('../functions/ingest.ts');
const tellOfLoop = watchLoop();

function report(message: IngestReport): void {
  process.send?.(message);
}

async function invoke(number: number, event: SQSEvent): Promise<void> {
  const deadline = Date.now() + lambdaMs;
  const context = createContext({ functionName: 'ingest', requestId: randomUUID(), deadline });
  const { batchItemFailures } = await handler(event, context);
  report({ type: 'invoked', number, failures: batchItemFailures.length });
}

process.on('message', (request: IngestRequest) => {
  if (request.type === 'invoke') {
    invoke(request.number, request.event).catch(() => process.exit(1));
    return;
  }
  report({ type: 'told', ...tellOfLoop(), peakRssMib: process.resourceUsage().maxRSS / 1024 });
});
report({ type: 'ready' });
