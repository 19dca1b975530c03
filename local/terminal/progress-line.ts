import type { Progress } from '../documents/ingestion.ts';

/** Where lines go; a terminal, or a file or pipe. */
export interface Output {
  isTTY?: boolean;
  write(text: string): unknown;
}

const width = 30;

/** How often a log that is no terminal hears of progress, in milliseconds. */
const logEveryMs = 5_000;

/** How much has to be done, and for how long, before what is left can be told from it. */
const knownFrom = { fraction: 0.05, ms: 3_000 };

/** Shows progress and what is left: one line drawn over and over on a terminal, elsewhere a line now and then. */
export function createProgressLine(
  output: Output,
  what: string,
): { show(progress: Progress): void; clear(): void } {
  const startedAt = Date.now();
  let loggedAt = startedAt;
  return {
    show(progress) {
      const line = `${toLine(what, progress)}${leftOf(progress, Date.now() - startedAt)}`;
      if (output.isTTY) {
        output.write(`\r\u001B[2K${line}`);
        return;
      }
      if (Date.now() - loggedAt < logEveryMs) return;
      loggedAt = Date.now();
      output.write(`${line}\n`);
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

/** The time that is left, as far as the rest goes on as what was done. */
function leftOf({ fraction }: Progress, elapsedMs: number): string {
  if (elapsedMs < knownFrom.ms || fraction < knownFrom.fraction || fraction >= 1) return '';
  const seconds = ((elapsedMs / fraction) * (1 - fraction)) / 1_000;
  if (seconds > 90) return `, about ${Math.round(seconds / 60)} minutes left`;
  return `, about ${Math.max(5, Math.round(seconds / 5) * 5)} seconds left`;
}
