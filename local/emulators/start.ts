import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { within } from '../../lib/async/within.ts';
import type { EmulatorEndpoints, EmulatorsReport, EmulatorsRequest } from './protocol.ts';

/** How long the start may take, in milliseconds: a large folder on a busy machine takes a good part of it. */
const startLimitMs = 120_000;

/** How long the child may take to put its files in order, in milliseconds. */
const closeLimitMs = 5_000;

export interface Emulators {
  endpoints: EmulatorEndpoints;
  /** Resolves if the process ends without being asked to. */
  lost: Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the emulators in a process of their own. Throws an Error whose message is for the person who started it, also when
 * they are not there within `limitMs`: a disk that does not answer would hold them for ever.
 */
export async function startEmulators(
  request: EmulatorsRequest,
  { limitMs = startLimitMs }: { limitMs?: number } = {},
): Promise<Emulators> {
  const child = fork(new URL('main.ts', import.meta.url), {
    // node:sqlite, which fauxqs keeps its files with, still calls itself experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(() => undefined);
  try {
    const endpoints = await within(limitMs, new AbortController().signal, () => ask(child, request, exited));
    return { endpoints, lost: exited, close: () => end(child, exited) };
  } catch (error) {
    if (!isTimeout(error)) {
      await end(child, exited);
      throw error;
    }
    child.kill('SIGKILL');
    throw new Error(
      `The emulators did not start within ${limitMs / 1_000} s. Does the disk of DATA_DIR answer? Start again, or set it to another folder.`,
      { cause: error },
    );
  }
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

async function ask(child: ChildProcess, request: EmulatorsRequest, exited: Promise<void>) {
  const answer = once(child, 'message') as Promise<[EmulatorsReport]>;
  child.send(request);
  const gone = exited.then((): [EmulatorsReport] => [
    { type: 'failed', message: 'The process of the emulators ended while it was starting.' },
  ]);
  const [report] = await Promise.race([answer, gone]);
  if (report.type === 'failed') throw new Error(report.message);
  return report.endpoints;
}

async function end(child: ChildProcess, exited: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), closeLimitMs);
  await exited;
  clearTimeout(timer);
}
