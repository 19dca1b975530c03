import type { Progress } from '../documents/ingestion.ts';

/** Where lines go; a terminal, or a file or pipe. */
export interface Output {
  isTTY?: boolean;
  write(text: string): unknown;
}

const width = 30;

/** How often a log that is no terminal hears of progress, in milliseconds. */
const logEveryMs = 5_000;

/** Shows progress: one line drawn over and over on a terminal, elsewhere a line now and then. */
export function createProgressLine(
  output: Output,
  what: string,
): { show(progress: Progress): void; clear(): void } {
  let loggedAt = Date.now();
  return {
    show(progress) {
      if (output.isTTY) {
        output.write(`\r\u001B[2K${toLine(what, progress)}`);
        return;
      }
      if (Date.now() - loggedAt < logEveryMs) return;
      loggedAt = Date.now();
      output.write(`${toLine(what, progress)}\n`);
    },
    clear() {
      if (output.isTTY) output.write('\r\u001B[2K');
    },
  };
}

function toLine(what: string, { done, total, fraction }: Progress): string {
  const filled = Math.floor(fraction * width);
  const bar = '█'.repeat(filled) + '░'.repeat(width - filled);
  return `${what} ${bar} ${done} of ${total}`;
}
