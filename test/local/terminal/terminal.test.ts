import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RagError } from '../../../lib/rag/errors.ts';
import { createProgressLine } from '../../../local/terminal/progress-line.ts';
import { explainStartFailure } from '../../../local/terminal/start-failure.ts';

describe('progress', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const half = { done: 1, total: 2, fraction: 0.5 };
  const record = (isTTY: boolean) => {
    const written: string[] = [];
    return { written, output: { isTTY, write: (text: string) => written.push(text) } };
  };

  it('is one line drawn over and over on a terminal', () => {
    const { written, output } = record(true);
    const line = createProgressLine(output, 'Reading');
    line.show(half);
    line.show(half);
    line.clear();
    const drawn = `\r\u001B[2KReading ${'█'.repeat(15)}${'░'.repeat(15)} 1 of 2`;
    expect(written).toEqual([drawn, drawn, '\r\u001B[2K']);
  });

  it.each([
    [2_000, 0.5, ''],
    [30_000, 0.04, ''],
    [10_000, 0.5, ', about 10 seconds left'],
    [10_000, 0.2, ', about 40 seconds left'],
    [10_000, 0.9, ', about 5 seconds left'],
    [60_000, 0.1, ', about 9 minutes left'],
    [60_000, 1, ''],
  ])('says after %i ms with %d done what is left', (ms, fraction, left) => {
    const { written, output } = record(true);
    const line = createProgressLine(output, 'Reading');
    vi.advanceTimersByTime(ms);
    line.show({ done: 1, total: 2, fraction });
    expect(written[0]).toMatch(new RegExp(`1 of 2${left}$`));
  });

  it('is a line every five seconds elsewhere', () => {
    const { written, output } = record(false);
    const line = createProgressLine(output, 'Reading');
    for (let n = 0; n < 44; n += 1) {
      vi.advanceTimersByTime(250);
      line.show(half);
    }
    line.clear();
    expect(written).toHaveLength(2);
    expect(written[0]).toMatch(/^Reading .* 1 of 2, about 5 seconds left\n$/);
  });
});

describe('a start that failed', () => {
  const port = 3000;

  it.each([
    [new RagError('configuration', 'Set X.'), {}, 'Set X.'],
    [
      { code: 'EADDRINUSE' },
      {},
      'Port 3000 is in use. Stop what runs there, or take another port: PORT=3001 npm start',
    ],
    [new Error('The data folder is in use.'), {}, 'The data folder is in use.'],
    [
      Object.assign(new Error('@smithy/x - [ERROR]'), { name: 'TimeoutError' }),
      {},
      'A server did not answer in time.',
    ],
    [
      Object.assign(new Error(''), { code: 'ECONNREFUSED' }),
      { AWS_ENDPOINT_URL_S3: 'http://user:secret@127.0.0.1:9/?token=secret' },
      'ECONNREFUSED\nThese servers are used instead of ours; do they answer?\n  AWS_ENDPOINT_URL_S3=http://127.0.0.1:9/',
    ],
  ])('is explained: %s', (error, given, explanation) => {
    expect(explainStartFailure(error, { port, given })).toBe(explanation);
  });
});
