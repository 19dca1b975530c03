import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readEvents } from '../../../../web/api/event-stream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A response whose body comes in these pieces; `end` says what becomes of it then. */
function response(pieces: readonly Uint8Array[], end: 'closed' | 'broken' | 'silent' = 'closed') {
  const cancelled = vi.fn();
  let next = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const piece = pieces[next++];
        if (piece) return controller.enqueue(piece);
        if (end === 'closed') controller.close();
        if (end === 'broken') controller.error(new TypeError('It broke.'));
        return end === 'silent' ? new Promise<void>(() => {}) : undefined;
      },
      cancel: cancelled,
    },
    { highWaterMark: 0 },
  );
  return { response: new Response(body), cancelled };
}

async function datasOf(from: Response): Promise<string[]> {
  const all: string[] = [];
  for await (const { data } of readEvents(from)) all.push(data);
  return all;
}

const bytes = new TextEncoder().encode(
  '\uFEFFid: 1\r\ndata: Grüße 🦔\r\n\r\n: still here\n\ndata: مرحبا\n\ndata: cut',
);

it.each([1, 2, 3, 7, bytes.length])('reads the same, whatever the pieces of %i bytes cut', async (size) => {
  const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
  // A byte-order mark is no part of the first field; what has no blank line behind it is no event.
  expect(await datasOf(response(pieces).response)).toEqual(['Grüße 🦔', 'مرحبا']);
});

it('says that the connection is lost where the body breaks', async () => {
  const { response: broken } = response([bytes], 'broken');
  await expect(datasOf(broken)).rejects.toMatchObject({ code: 'network', retryable: true });
});

it('gives up a body that has been silent for longer than the server ever is', async () => {
  const { response: silent, cancelled } = response([bytes], 'silent');
  const ended = datasOf(silent).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(39_000);
  expect(cancelled).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await ended).toMatchObject({ code: 'network' });
  expect(cancelled).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});

it('lets go of a body that nobody reads on', async () => {
  const { response: open, cancelled } = response([bytes], 'silent');
  for await (const event of readEvents(open)) {
    expect(event.data).toBe('Grüße 🦔');
    break;
  }
  expect(cancelled).toHaveBeenCalledTimes(1);
  expect(vi.getTimerCount()).toBe(0);
});
