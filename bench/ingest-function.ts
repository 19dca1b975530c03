import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { SQSEvent } from 'aws-lambda';
import type { LoopFigures } from './loop-watch.ts';

/** What the ingest function's process is asked, and what it says. */
export type IngestRequest = { type: 'invoke'; number: number; event: SQSEvent } | { type: 'tell' };
export type IngestReport =
  | { type: 'ready' }
  | { type: 'invoked'; number: number; failures: number }
  | ({ type: 'told' } & ProcessFigures);

/** How a process did: the event loop since it was last asked, memory since it began. */
export interface ProcessFigures extends LoopFigures {
  peakRssMib: number;
}

export interface IngestFunction {
  /** Invokes it with one message. Throws if the message failed. */
  invoke(body: string): Promise<void>;
  figures(): Promise<ProcessFigures>;
  close(): Promise<void>;
}

/** Starts the ingest function in a process with this environment, and with no more heap than `memoryMib` leave it. */
export async function startIngestFunction(
  environment: Record<string, string>,
  memoryMib: number,
): Promise<IngestFunction> {
  const child = fork(new URL('ingest-process.ts', import.meta.url), {
    env: { ...process.env, ...environment },
    execArgv: [`--max-old-space-size=${Math.floor(memoryMib * 0.9)}`],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  // One listener for each invocation under way.
  child.setMaxListeners(100);
  const exited = once(child, 'exit');
  const gone = exited.then(() => Promise.reject(new Error('The ingest function ended on its own.')));
  gone.catch(() => {});
  const heard = async <Type extends IngestReport['type']>(type: Type, number?: number) => {
    const { promise, resolve } = Promise.withResolvers<Extract<IngestReport, { type: Type }>>();
    const listen = (report: IngestReport) => {
      if (report.type !== type || ('number' in report && report.number !== number)) return;
      child.off('message', listen);
      resolve(report as Extract<IngestReport, { type: Type }>);
    };
    child.on('message', listen);
    return await Promise.race([promise, gone]);
  };
  const send = (request: IngestRequest) => child.send(request);
  await heard('ready');
  let invocations = 0;
  return {
    invoke: async (body) => {
      invocations += 1;
      const invoked = heard('invoked', invocations);
      send({ type: 'invoke', number: invocations, event: { Records: [toRecord(body, invocations)] } });
      if ((await invoked).failures > 0) throw new Error('A document could not be ingested.');
    },
    figures: async () => {
      const told = heard('told');
      send({ type: 'tell' });
      return await told;
    },
    close: async () => {
      child.disconnect();
      await exited;
    },
  };
}

function toRecord(body: string, number: number): SQSEvent['Records'][number] {
  return {
    ...{ messageId: String(number), receiptHandle: String(number), body, md5OfBody: '' },
    ...{ messageAttributes: {}, eventSource: 'aws:sqs', awsRegion: 'us-east-1' },
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:ingest',
    attributes: {
      ...{ ApproximateReceiveCount: '1', SentTimestamp: '0', SenderId: 'bench' },
      ApproximateFirstReceiveTimestamp: '0',
    },
  };
}
