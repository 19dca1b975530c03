import type { Models } from '../models/server.ts';

/** Which emulators to start. What is left out is not started. */
export interface EmulatorsRequest {
  dynamoDb?: { directory?: string };
  s3Sqs?: { directory?: string; eventQueue: string };
  models?: boolean;
}

/** Where they are, for each that was asked for. */
export interface EmulatorEndpoints {
  dynamoDb?: string;
  s3Sqs?: string;
  models?: Omit<Models, 'close'>;
}

/** What the child process says once it knows; `message` is for the person who started it. */
export type EmulatorsReport =
  | { type: 'ready'; endpoints: EmulatorEndpoints }
  | { type: 'failed'; message: string };
