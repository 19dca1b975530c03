import { createProgressLine } from '../local/terminal/progress-line.ts';

/** Shows a person how far the work is; what is measured goes to the other output. */
export async function watched<T>(
  what: string,
  total: number,
  work: (onProgress: (done: number) => void) => Promise<T>,
): Promise<T> {
  const line = createProgressLine(process.stderr, what);
  try {
    return await work((done) => line.show({ done, total, fraction: done / total }));
  } finally {
    line.clear();
  }
}
