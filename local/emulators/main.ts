/**
 * The emulators' own process, so that their work never weighs on the event loop of the functions. It starts what its
 * parent's first message asks for, reports where that is, and ends when the parent goes, however it goes.
 */
import { once } from 'node:events';
import type { EmulatorEndpoints, EmulatorsReport, EmulatorsRequest } from './protocol.ts';

/** How long the files may take to be put in order, in milliseconds. */
const closeLimitMs = 10_000;

interface Closable {
  close(): Promise<void>;
}

const started: Closable[] = [];

async function starting<T extends Closable>(server: Promise<T>): Promise<T> {
  const running = await server;
  started.push(running);
  return running;
}

async function startAll(request: EmulatorsRequest): Promise<EmulatorEndpoints> {
  const endpoints: EmulatorEndpoints = {};
  const starts = [
    async ({ dynamoDb }: EmulatorsRequest) => {
      if (!dynamoDb) return;
      const { startDynamoDb } = await import('../dynamodb/server.ts');
      endpoints.dynamoDb = (await starting(startDynamoDb(dynamoDb))).endpoint;
    },
    async ({ s3Sqs }: EmulatorsRequest) => {
      if (!s3Sqs) return;
      const { startS3Sqs } = await import('../s3-sqs/start.ts');
      endpoints.s3Sqs = (await starting(startS3Sqs(s3Sqs))).endpoint;
    },
    async ({ models }: EmulatorsRequest) => {
      if (!models) return;
      const { startModels } = await import('../models/server.ts');
      const { baseUrl, chatModel, embeddingModel, dimensions } = await starting(startModels());
      endpoints.models = { baseUrl, chatModel, embeddingModel, dimensions };
    },
  ];
  await Promise.all(starts.map((start) => start(request)));
  return endpoints;
}

async function closeAll(): Promise<void> {
  await Promise.allSettled(started.map((server) => server.close()));
}

/**
 * A folder's database is locked while another process has it open; LevelDB says so in words of its own, which name the lock
 * also where it may not be written.
 */
function toMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  const told = `${message} ${cause}`;
  if (/EACCES|EROFS|ENOTDIR|ENOENT|EEXIST|permission denied|read-only/i.test(told)) {
    return 'The data folder cannot be made or written. Set DATA_DIR to a folder of your own.';
  }
  if (/lock/i.test(told)) {
    return 'The data folder is in use: is another server running on it? Stop that one, or set DATA_DIR to another folder.';
  }
  return [message, cause].filter(Boolean).join(': ');
}

/** `process.exit` would wait for a thread that the disk holds; what has been closed is written by now. */
function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

function report(message: EmulatorsReport): void {
  // A parent that is gone has no need of it; `disconnect` ends this process then.
  if (process.connected) process.send?.(message);
}

// Ctrl-C goes to every process of the terminal. The parent needs us until it has stopped, and disconnects then.
process.on('SIGINT', () => undefined);

process.once('message', (request: EmulatorsRequest) => {
  startAll(request).then(
    (endpoints) => report({ type: 'ready', endpoints }),
    (error: unknown) => report({ type: 'failed', message: toMessage(error) }),
  );
});

// At any time, also while something starts: a disk that does not answer may hold that for ever.
if (process.connected) await once(process, 'disconnect');
setTimeout(end, closeLimitMs);
await closeAll();
end();
