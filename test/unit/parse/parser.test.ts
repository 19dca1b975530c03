import { once } from 'node:events';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createParser } from '../../../lib/parse/parser.ts';
import { docxOf, paragraph } from '../../fixtures/docx.ts';
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
      ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', docxOf(paragraph('Said.'))],
      ['text/csv', bytesOf('Said.')],
      ['text/tab-separated-values', bytesOf('Said.')],
      ['application/json', bytesOf('"Said."')],
      ['application/jsonl', bytesOf('"Said."')],
      ['application/x-ndjson', bytesOf('"Said."')],
    ]);
    expect([...parser.contentTypes]).toEqual([...sources.keys()]);
    const texts = [...sources].map(async ([contentType, bytes]) => {
      const { passages } = await parser.parse({ bytes, contentType }, { signal: never });
      return passages.map((passage) => passage.text);
    });
    expect(await Promise.all(texts)).toEqual([...sources.keys()].map(() => ['Said.']));
    expect(workers.map((worker) => worker.threadId)).toEqual([...sources.keys()].map(() => -1));
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
    const { passages } = await parser.parse({ bytes: pooled, contentType: 'text/plain' }, { signal: never });
    expect(passages[0]!.text).toBe('pooled');
    expect(pooled.toString()).toBe('pooled');
  });

  it('passes more passages than one message holds, in order, each with its number', async () => {
    const words = Array.from({ length: 2500 }, (_, n) => `paragraph ${n}`);
    const paragraphs = words.map((word) => `${word} ${'x'.repeat(1_000)}`);
    const { passages } = await createParser().parse(textDocument(paragraphs.join('\n\n')), { signal: never });
    expect(passages.map(({ text, number }) => [text, number])).toEqual(
      paragraphs.map((text, n) => [text, n]),
    );
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
    const { passages } = await parser.parse(textDocument('still here'), { signal: never });
    expect(passages[0]!.text).toBe('still here');
  });

  it('keeps one worker at most', async () => {
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
    expect(documents.map(({ passages }) => passages[0]!.text)).toEqual([
      'text 0',
      'text 1',
      'text 2',
      'text 3',
      'text 4',
    ]);
    expect(most).toBe(1);
  });

  it.each([
    ['400 pages of PDF', longDocument],
    [
      '2 MB of Markdown',
      () => ({ bytes: bytesOf('Some *words* here.\n\n'.repeat(100_000)), contentType: 'text/markdown' }),
    ],
    ['10 MB of sentences', () => textDocument('Some words stand here. '.repeat(450_000))],
  ])('leaves the event loop to others while it reads and cuts %s', async (_, create) => {
    const document = await create();
    const loop = watchLoop();
    await createParser().parse(document, { signal: never });
    const { longestTurnMs, delayP99Ms, share } = loop.end();
    expect(longestTurnMs).toBeLessThan(50);
    expect(delayP99Ms).toBeLessThan(50);
    // A PDF read page by page on this thread never holds the loop for long, but takes all of it.
    expect(share).toBeLessThan(0.5);
  });
});

/**
 * What the thread does to its own event loop. On a machine that others use too, the longest delay of an idle loop can be
 * 150 ms; the processor time between two turns is ours alone.
 */
function watchLoop() {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  const before = performance.eventLoopUtilization();
  let longestTurnMs = 0;
  let last = process.threadCpuUsage();
  const turn = (): void => {
    const now = process.threadCpuUsage();
    longestTurnMs = Math.max(longestTurnMs, (now.user + now.system - last.user - last.system) / 1000);
    last = now;
  };
  const timer = setInterval(turn, 1);
  delay.enable();
  return {
    end() {
      turn();
      clearInterval(timer);
      delay.disable();
      const share = performance.eventLoopUtilization(before).utilization;
      return { longestTurnMs, delayP99Ms: delay.percentile(99) / 1e6, share };
    },
  };
}

/** Resolves when the first worker was created. */
async function workerCreated(): Promise<void> {
  if (workers.length === 0) await once(process, 'worker');
}
