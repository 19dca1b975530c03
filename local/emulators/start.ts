import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { EmulatorEndpoints, EmulatorsReport, EmulatorsRequest } from './protocol.ts';

/** How long the child may take to put its files in order, in milliseconds. */
const closeLimitMs = 5_000;

export interface Emulators {
  endpoints: EmulatorEndpoints;
  /** Resolves if the process ends without being asked to. */
  lost: Promise<void>;
  close(): Promise<void>;
}

/** Starts the emulators in a process of their own. Throws an Error whose message is for the person who started it. */
export async function startEmulators(request: EmulatorsRequest): Promise<Emulators> {
  const child = fork(new URL('main.ts', import.meta.url), {
    // node:sqlite, which fauxqs keeps its files with, still calls itself experimental.
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(() => undefined);
  try {
    const endpoints = await ask(child, request, exited);
    return { endpoints, lost: exited, close: () => end(child, exited) };
  } catch (error) {
    await end(child, exited);
    throw error;
  }
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
