import type { LambdaFunctionURLEvent, StreamifyHandler } from 'aws-lambda';
import { finished } from 'node:stream/promises';
import { createContext } from './context.ts';
import { ResponseStream } from './response-stream.ts';
import type { Responder } from './responder.ts';

/** A function-URL handler made by `awslambda.streamifyResponse`. */
export type StreamingHandler = StreamifyHandler<LambdaFunctionURLEvent, void>;

/**
 * Runs one invocation of a streaming handler to its end, which is when the handler has returned and its stream has
 * ended, both; a handler that forgets one of them is ended by the time-out, as on Lambda. Resolves with what went wrong,
 * after the client was told.
 */
export async function invokeStreaming(
  handler: StreamingHandler,
  invocation: {
    event: LambdaFunctionURLEvent;
    responder: Responder;
    requestId: string;
    functionName: string;
    timeoutMs: number;
  },
): Promise<Error | undefined> {
  const { event, responder, requestId, functionName, timeoutMs } = invocation;
  const stream = new ResponseStream(responder);
  const context = createContext({ functionName, requestId, deadline: Date.now() + timeoutMs });
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`The function ran longer than ${timeoutMs} ms.`)), timeoutMs);
  });
  const handled = (async () => handler(event, stream, context))();
  try {
    await Promise.race([Promise.all([handled, finished(stream)]), timeout]);
    return undefined;
  } catch (error) {
    responder.fail();
    return error instanceof Error ? error : new Error('The function threw something that is no error.');
  } finally {
    clearTimeout(timer);
  }
}
