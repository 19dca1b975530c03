import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnswerLog, NumberedEvent, StreamEvent } from '../../lib/rag/ports/answer-log.ts';

const hour = 60 * 60 * 1_000;

const sources: StreamEvent = { type: 'sources', id: 'f00d', cached: false, sources: [] };
const delta = (text: string): StreamEvent => ({ type: 'delta', text });
const done: StreamEvent = {
  ...{
    type: 'done',
    finishReason: 'stop',
    citations: [1, 2],
    usage: { promptTokens: 9, completionTokens: 2 },
  },
  ...{ servedBy: 'm', degraded: ['cache'] },
  timing: { steps: { model: [0.1, 1e-7], embed: [0, 3] }, firstTokenMs: 1.5, totalMs: 1e21 },
};
const failure: StreamEvent = {
  type: 'error',
  error: { z: 1, a: [null, { b: '' }], code: 'x', '__proto__ ': 0 },
  usage: { promptTokens: 0, completionTokens: 0 },
};

/** What every log of answers does. */
export function answerLogContract(name: string, create: () => Promise<AnswerLog>): void {
  describe(`answer log: ${name}`, () => {
    const options = { signal: new AbortController().signal };
    const key = { tenant: 'acme', id: 'f00d' };
    const answer = { collection: 'main', maker: 'one' };
    let log: AnswerLog;
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      log = await create();
      await log.open(key, answer, options);
    });
    afterEach(() => void vi.useRealTimers());
    const append = (first: number, ...events: StreamEvent[]) => log.append(key, { first, events }, options);
    const read = (after: number, at = key) => log.read(at, after, options);
    const known = async (after: number): Promise<NumberedEvent[]> =>
      (await read(after)).parts.flatMap(({ first, events }) =>
        events.map((event, n) => ({ id: first + n, event })),
      );

    it('gives back what was written, in order and byte for byte', async () => {
      const texts = ['', ' a', '\u0000\n"\\', '🙂\ud83d', '\u2028é', '0', '{"type":"done"}'];
      await append(1, sources);
      await append(2, ...texts.map(delta));
      await append(9, done);
      const expected = [sources, ...texts.map(delta), done];
      expect(await known(0)).toEqual(expected.map((event, n) => ({ id: n + 1, event })));
      expect(JSON.stringify((await known(0)).map(({ event }) => event))).toBe(JSON.stringify(expected));
    });

    it('keeps the fields of an error in their order', async () => {
      await append(1, failure);
      expect(JSON.stringify((await known(0))[0]!.event)).toBe(JSON.stringify(failure));
    });

    it('gives what comes after an event, with the part that it stands in', async () => {
      await append(1, sources, delta('a'), delta('b'));
      await append(4, delta('c'), delta('d'));
      expect((await known(0)).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
      expect((await known(2)).map(({ id }) => id)).toEqual([1, 2, 3, 4, 5]);
      expect((await known(3)).map(({ id }) => id)).toEqual([4, 5]);
      expect(await known(5)).toEqual([]);
      expect((await read(0)).isOver).toBe(false);
    });

    it('keeps parts apart and in order beyond the tenth and the hundredth event', async () => {
      for (const at of [1, 8, 9, 10, 99, 100, 101, 1_000]) await append(at, delta(String(at)));
      expect((await known(0)).map(({ id }) => id)).toEqual([1, 8, 9, 10, 99, 100, 101, 1_000]);
      expect((await known(99)).map(({ id }) => id)).toEqual([100, 101, 1_000]);
    });

    it('may hold an event twice', async () => {
      await append(1, sources, delta('a'));
      await append(1, sources, delta('a'), delta('b'));
      expect((await known(1)).map(({ id }) => id)).toEqual([1, 2, 1, 2, 3]);
    });

    it.each([done, failure])(
      'is over once its last event is there, for those who know it too',
      async (end) => {
        await append(1, sources);
        expect((await read(0)).isOver).toBe(false);
        await append(2, delta('a'), end);
        for (const after of [0, 1, 2, 3, 4]) expect((await read(after)).isOver).toBe(true);
      },
    );

    it('shows that its maker lives', async () => {
      const { beats } = await read(0);
      await log.beat(key, options);
      await log.beat(key, options);
      expect((await read(0)).beats).toBe(beats + 2);
    });

    it('is found by its tenant alone', async () => {
      await append(1, sources);
      expect(await log.find(key, options)).toEqual(answer);
      for (const other of [
        { ...key, tenant: 'other' },
        { ...key, id: 'beef' },
        { tenant: 'acme#f00d', id: '' },
      ]) {
        expect(await log.find(other, options)).toBeUndefined();
        expect(await read(0, other)).toEqual({ parts: [], isOver: false, beats: 0 });
      }
    });

    it('is gone an hour after it was last written to', async () => {
      vi.setSystemTime(Date.now() + hour / 2);
      await log.beat(key, options);
      await append(1, sources, done);
      vi.setSystemTime(Date.now() + hour - 2_000);
      expect(await log.find(key, options)).toEqual(answer);
      expect((await read(0)).parts).toHaveLength(1);
      vi.setSystemTime(Date.now() + 2_000);
      expect(await log.find(key, options)).toBeUndefined();
      expect(await read(0)).toEqual({ parts: [], isOver: false, beats: 0 });
    });

    it('holds a part as large as one may be', async () => {
      const texts = Array.from({ length: 1_000 }, (_, n) => `${n} ${'é'.repeat(45)}`);
      await append(1, ...texts.map(delta));
      expect((await known(0)).map(({ event }) => (event as { text: string }).text)).toEqual(texts);
    });

    it('tells a maker of its stops for a minute, and nobody else', async () => {
      await log.sendStop('one', key, options);
      await log.sendStop('one', key, options);
      await log.sendStop('one', { tenant: 'other', id: 'f00d' }, options);
      await log.sendStop('two', { ...key, id: 'beef' }, options);
      const inOrder = async () =>
        (await log.stopsOf('one', options)).toSorted((a, b) => a.tenant.localeCompare(b.tenant));
      const tenants = async () => Array.from(new Set((await inOrder()).map(({ tenant }) => tenant)));
      expect(await tenants()).toEqual(['acme', 'other']);
      expect((await inOrder())[0]).toEqual(key);
      expect(await log.stopsOf('two', options)).toEqual([{ ...key, id: 'beef' }]);
      expect(await log.stopsOf('three', options)).toEqual([]);
      vi.setSystemTime(Date.now() + 58_000);
      expect(await tenants()).toEqual(['acme', 'other']);
      vi.setSystemTime(Date.now() + 3_000);
      expect(await tenants()).toEqual([]);
    });

    it('gives up with the reason of a signal that has aborted', async () => {
      const reason = new Error('left');
      const gone = { signal: AbortSignal.abort(reason) };
      const unheard = { ...key, id: 'beef' };
      for (const call of [
        log.open(unheard, answer, gone),
        log.append(key, { first: 1, events: [sources] }, gone),
        log.beat(key, gone),
        log.find(key, gone),
        log.read(key, 0, gone),
        log.sendStop('one', key, gone),
        log.stopsOf('one', gone),
      ])
        await expect(call).rejects.toBe(reason);
      expect(await log.find(unheard, options)).toBeUndefined();
      expect((await read(0)).parts).toEqual([]);
    });
  });
}
