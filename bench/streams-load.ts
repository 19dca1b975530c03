import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { HeldStream } from './held-stream.ts';

/** What is asked, how many of them may wait for their first text at once, and when everything is given up. */
export interface LoadOrder {
  url: string;
  questions: readonly string[];
  openingAtOnce: number;
  limitMs: number;
}

/** What the process of the load says. */
export type LoadReport = { type: 'ready' } | { type: 'open' } | { type: 'ended'; streams: HeldStream[] };

export interface Load {
  /** Resolves when each stream has its first text, or has failed. */
  open: Promise<void>;
  /** Resolves when each stream has ended. */
  ended: Promise<HeldStream[]>;
  close(): Promise<void>;
}

/** Starts to ask, in a process of its own. Its promises reject if that ends before them. */
export async function startLoad(order: LoadOrder): Promise<Load> {
  const child = fork(new URL('streams-load-process.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const open = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<HeldStream[]>();
  // Whoever waits for them hears of it.
  for (const { promise } of [open, ended]) promise.catch(() => {});
  child.on('message', (report: LoadReport) => {
    if (report.type === 'open') open.resolve();
    if (report.type === 'ended') ended.resolve(report.streams);
  });
  const exited = once(child, 'exit').then(() => {
    for (const { reject } of [open, ended]) reject(new Error('The load ended on its own, or took too long.'));
  });
  await Promise.race([once(child, 'message'), exited]);
  child.send(order);
  return {
    open: open.promise,
    ended: ended.promise,
    close: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
