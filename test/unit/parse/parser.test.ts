import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createParser } from '../../../lib/parse/parser.ts';
import { handbookPdf, prosePage } from '../../fixtures/pdf.ts';

const workers: Worker[] = [];
const remember = (worker: Worker): void => void workers.push(worker);

beforeEach(() => void process.on('worker', remember));
afterEach(() => {
  process.off('worker', remember);
  workers.length = 0;
});

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textDocument(text: string) {
  return { bytes: bytesOf(text), contentType: 'text/plain' };
}

/** Takes its worker some seconds. */
async function longDocument() {
  return { bytes: await handbookPdf({ pages: 400, textOf: prosePage }), contentType: 'application/pdf' };
}

const never = new AbortController().signal;

describe('createParser', () => {
  it('reads every type it names in a worker that has ended afterwards', async () => {
    const parser = createParser();
    const sources = new Map([
      ['text/plain', bytesOf('Said.')],
      ['text/markdown', bytesOf('**Said**.')],
      ['text/html', bytesOf('<p>Said.')],
      ['application/pdf', await handbookPdf({ pages: 1, textOf: () => 'Said.' })],
    ]);
    expect([...parser.contentTypes]).toEqual([...sources.keys()]);
    for (const [contentType, bytes] of sources) {
      const { blocks } = await parser.parse({ bytes, contentType }, { signal: never });
      expect(blocks.map((block) => block.text)).toEqual(['Said.']);
    }
    expect(workers).toHaveLength(4);
    expect(workers.map((worker) => worker.threadId)).toEqual([-1, -1, -1, -1]);
  });

  it('refuses other types before it starts anything, and names those it reads', async () => {
    const parse = createParser().parse(
      { bytes: bytesOf('PK'), contentType: 'application/zip' },
      { signal: never },
    );
    await expect(parse).rejects.toMatchObject({
      code: 'unsupported_media_type',
      message: expect.stringMatching(/"application\/zip".*text\/markdown.*application\/pdf/) as string,
    });
    expect(workers).toHaveLength(0);
  });

  it('refuses an empty document', async () => {
    const parse = createParser().parse(
      { bytes: new Uint8Array(), contentType: 'application/pdf' },
      { signal: never },
    );
    await expect(parse).rejects.toMatchObject({
      code: 'unreadable_document',
      message: expect.stringContaining('is empty') as string,
    });
  });

  it('hands on what the worker found wrong', async () => {
    const parser = createParser();
    await expect(
      parser.parse(
        { bytes: bytesOf('%PDF-1.4 and no more'), contentType: 'application/pdf' },
        { signal: never },
      ),
    ).rejects.toMatchObject({ code: 'unreadable_document', status: 422 });
    await expect(
      parser.parse(
        { bytes: bytesOf(`${'>'.repeat(20_000)} deep`), contentType: 'text/markdown' },
        { signal: never },
      ),
    ).rejects.toMatchObject({ code: 'too_complex', cause: 'RangeError' });
  });

  it('takes large bytes away and leaves a view on shared ones as it is', async () => {
    const parser = createParser();
    const whole = bytesOf('whole');
    await parser.parse({ bytes: whole, contentType: 'text/plain' }, { signal: never });
    expect((whole.buffer as ArrayBuffer).detached).toBe(true);
    await expect(
      parser.parse({ bytes: whole, contentType: 'text/plain' }, { signal: never }),
    ).rejects.toThrow(TypeError);
    const pooled = Buffer.from('pooled');
    const { blocks } = await parser.parse({ bytes: pooled, contentType: 'text/plain' }, { signal: never });
    expect(blocks[0]!.text).toBe('pooled');
    expect(pooled.toString()).toBe('pooled');
  });

  it('passes more blocks than one message holds, in order', async () => {
    const lines = Array.from({ length: 5000 }, (_, n) => `paragraph ${n}`);
    const { blocks } = await createParser().parse(textDocument(lines.join('\n\n')), { signal: never });
    expect(blocks.map((block) => block.text)).toEqual(lines);
  });

  it('ends the worker when the caller aborts, and only then rejects', async () => {
    const caller = new AbortController();
    const parse = createParser().parse(await longDocument(), { signal: caller.signal });
    const settled = parse.then(
      () => ({ reason: undefined, threadId: workers[0]!.threadId }),
      (reason: unknown) => ({ reason, threadId: workers[0]!.threadId }),
    );
    await workerCreated();
    await once(workers[0]!, 'online');
    const gone = new Error('the caller left');
    caller.abort(gone);
    expect(await settled).toEqual({ reason: gone, threadId: -1 });
  });

  it('starts nothing for a caller who is gone', async () => {
    const parse = createParser().parse(textDocument('x'), { signal: AbortSignal.abort(new Error('gone')) });
    await expect(parse).rejects.toThrow('gone');
    expect(workers).toHaveLength(0);
  });

  it('ends a worker that takes too long', async () => {
    const parse = createParser({ heapMib: 512, wallMs: 1 }).parse(await longDocument(), { signal: never });
    await expect(parse).rejects.toMatchObject({
      code: 'too_complex',
      message: expect.stringContaining('took too long') as string,
    });
    expect(workers[0]!.threadId).toBe(-1);
  });

  it('fails cleanly at the heap limit and reads the next document', async () => {
    const parser = createParser({ heapMib: 24, wallMs: 60_000 });
    const huge = { bytes: bytesOf('<p>word'.repeat(1_000_000)), contentType: 'text/html' };
    await expect(parser.parse(huge, { signal: never })).rejects.toMatchObject({
      code: 'too_complex',
      message: expect.stringContaining('memory') as string,
    });
    const { blocks } = await parser.parse(textDocument('still here'), { signal: never });
    expect(blocks[0]!.text).toBe('still here');
  });

  it('keeps two workers at most', async () => {
    const parser = createParser();
    let running = 0;
    let most = 0;
    const count = (worker: Worker): void => {
      running += 1;
      most = Math.max(most, running);
      worker.once('exit', () => (running -= 1));
    };
    process.on('worker', count);
    const parses = Array.from({ length: 5 }, (_, n) =>
      parser.parse(textDocument(`text ${n}`), { signal: never }),
    );
    const documents = await Promise.all(parses);
    process.off('worker', count);
    expect(documents.map(({ blocks }) => blocks[0]!.text)).toEqual([
      'text 0',
      'text 1',
      'text 2',
      'text 3',
      'text 4',
    ]);
    expect(most).toBe(2);
  });

  it('delays the event loop by less than 50 ms while it reads 400 pages', async () => {
    const parser = createParser();
    const delaysMs: number[] = [];
    // What we block, we block every time; a neighbour on the machine does not. The best of three tells them apart.
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const document = await longDocument();
      const delay = monitorEventLoopDelay({ resolution: 1 });
      delay.enable();
      const { blocks } = await parser.parse(document, { signal: never });
      delay.disable();
      expect(blocks.at(-1)!.page).toBe(400);
      delaysMs.push(delay.max / 1e6);
      if (delaysMs.at(-1)! < 50) break;
    }
    expect(Math.min(...delaysMs)).toBeLessThan(50);
  });
});

/** Resolves when the first worker was created. */
async function workerCreated(): Promise<void> {
  if (workers.length === 0) await once(process, 'worker');
}
