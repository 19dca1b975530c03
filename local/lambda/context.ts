import type { Context } from 'aws-lambda';

/** Where and how long an invocation runs. */
export interface Invocation {
  functionName: string;
  requestId: string;
  /** Milliseconds since 1970 at which the platform ends it. */
  deadline: number;
}

/** The context of one invocation, as https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html has it. */
export function createContext({ functionName, requestId, deadline }: Invocation): Context {
  const callback = () => {
    throw new Error('Callbacks are gone from the Node runtime since nodejs24.x: return a promise.');
  };
  return {
    awsRequestId: requestId,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
    memoryLimitInMB: '1024',
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
    done: callback,
    fail: callback,
    succeed: callback,
  };
}
