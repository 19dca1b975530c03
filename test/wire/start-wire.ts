import { fork } from 'node:child_process';
import { once } from 'node:events';

/** Milliseconds from a request to the first byte of its answer, how many texts an answer has, and what is found. */
export interface WireDelays {
  delaysMs: { embedding: number; cache: number; documents: number; search: number; firstToken: number };
  tokens: number;
  /** Of every document; none where left out. */
  tags?: readonly string[];
}

/** How long a call truly took on the wire. */
export interface Span {
  name: string;
  ms: number;
}

/** What the process of the wire servers says. */
export type WireReport =
  | { type: 'ready'; openAiBaseUrl: string; dynamoDbEndpoint: string }
  | { type: 'spans'; spans: Span[] }
  | { type: 'held' | 'released' };

/** What it is told: how to behave, to tell of its calls, or to hold answers back after their first text and to let them go on. */
export type WireOrder =
  | WireDelays
  | 'spans'
  | { hold: { wordMs: number } }
  | { release: { spreadMs: number } };

export interface Wire {
  openAiBaseUrl: string;
  dynamoDbEndpoint: string;
  /** The calls since the last time this was asked. */
  spans(): Promise<Span[]>;
  /** From now on an answer stops after its first text until `release`, and goes on with a text every `wordMs`. */
  hold(wordMs: number): Promise<void>;
  /** Holds no more: what is held goes on, but that each waits before its last text, for `spreadMs` at most. */
  release(spreadMs: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts both wire servers in a process of their own, so that they do not share an event loop with what is measured. */
export async function startWire(delays: WireDelays): Promise<Wire> {
  const child = fork(new URL('wire-process.ts', import.meta.url), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const ask = async (message: WireOrder): Promise<WireReport> => {
    const answer = once(child, 'message');
    child.send(message);
    const gone = exited.then(() => Promise.reject(new Error('The wire servers ended on their own.')));
    const [report] = (await Promise.race([answer, gone])) as [WireReport];
    return report;
  };
  const ready = await ask(delays);
  if (ready.type !== 'ready') throw new Error('The wire servers did not start.');
  const { openAiBaseUrl, dynamoDbEndpoint } = ready;
  return {
    openAiBaseUrl,
    dynamoDbEndpoint,
    spans: async () => {
      const report = await ask('spans');
      return report.type === 'spans' ? report.spans : [];
    },
    hold: async (wordMs) => void (await ask({ hold: { wordMs } })),
    release: async (spreadMs) => void (await ask({ release: { spreadMs } })),
    close: async () => {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}
