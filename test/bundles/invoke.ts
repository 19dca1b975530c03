import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { pathToFileURL } from 'node:url';
import type { LambdaFunctionURLEvent, SQSEvent } from 'aws-lambda';
import { installAwsLambda } from '../../local/lambda/awslambda.ts';
import { createContext } from '../../local/lambda/context.ts';
import { invokeStreaming, type StreamingHandler } from '../../local/lambda/invoke-streaming.ts';
import type { Responder } from '../../local/lambda/responder.ts';

/*
 * Runs in a process of its own, as on Lambda: loads a bundle (the first argument), invokes its handler with the event
 * that comes over IPC, and sends back what it answered.
 */

/** What a function answered: bytes of a stream as text, prelude included, or a value. */
export interface Invoked {
  stream?: string;
  value?: unknown;
  error?: string;
}

const timeoutMs = 20_000;

async function invoke(file: string, event: LambdaFunctionURLEvent | SQSEvent): Promise<Invoked> {
  installAwsLambda();
  const { handler } = await import(pathToFileURL(file).href);
  if ('Records' in event) {
    const context = createContext({
      functionName: 'bundle',
      requestId: randomUUID(),
      deadline: Date.now() + timeoutMs,
    });
    return { value: await handler(event, context) };
  }
  return await collect(handler, event);
}

async function collect(handler: StreamingHandler, event: LambdaFunctionURLEvent): Promise<Invoked> {
  const chunks: Buffer[] = [];
  const responder: Responder = {
    contentType: '',
    write: (chunk, done) => {
      chunks.push(chunk);
      done();
    },
    end: (done) => done(),
    fail: () => {},
  };
  const invocation = { event, responder, requestId: randomUUID(), functionName: 'bundle', timeoutMs };
  const error = await invokeStreaming(handler, invocation);
  return { stream: Buffer.concat(chunks).toString(), ...(error && { error: error.message }) };
}

const [event] = (await once(process, 'message')) as [LambdaFunctionURLEvent | SQSEvent];
let invoked: Invoked;
try {
  invoked = await invoke(process.argv[2] ?? '', event);
} catch (error) {
  invoked = { error: String(error) };
}
process.send?.(invoked, () => process.disconnect());
