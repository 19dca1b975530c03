import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';

/** One request that a wire server saw. */
export interface Call {
  /** Operation or path. */
  name: string;
  body: unknown;
  /**
   * `answered` when the whole answer was sent, `dropped` when the caller closed the connection before, `cut` when the
   * script closed it.
   */
  outcome: 'open' | 'answered' | 'dropped' | 'cut';
  openedMs: number;
  /** When the first byte of the answer left; both by `performance.now()` of the server's process. */
  firstByteMs?: number;
}

/** Everything that a wire server saw, and a way to wait for it. */
export interface CallLog {
  readonly calls: readonly Call[];
  of(name: string): Call[];
  /** Resolves as soon as the predicate holds for the calls, at once if it does already. */
  until(predicate: (calls: readonly Call[]) => boolean): Promise<void>;
  open(name: string, body: unknown, response: ServerResponse): Call;
  clear(): void;
}

/** An empty log. */
export function createCallLog(): CallLog {
  const calls: Call[] = [];
  const changes = new EventEmitter().setMaxListeners(0);
  return {
    calls,
    of: (name) => calls.filter((call) => call.name === name),
    until: (predicate) =>
      new Promise((resolve) => {
        const look = () => {
          if (!predicate(calls)) return;
          changes.off('change', look);
          resolve();
        };
        changes.on('change', look);
        look();
      }),
    open: (name, body, response) => {
      const call: Call = { name, body, outcome: 'open', openedMs: performance.now() };
      calls.push(call);
      response.once('close', () => {
        if (call.outcome === 'open') call.outcome = response.writableFinished ? 'answered' : 'dropped';
        changes.emit('change');
      });
      changes.emit('change');
      return call;
    },
    clear: () => void calls.splice(0),
  };
}
