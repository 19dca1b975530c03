import { describe, expect, it, vi } from 'vitest';
import { leavable } from '../../../lib/async/leavable.ts';

/** Says `a`, and ends when the wait after that does. */
async function* waiting(wait: Promise<void>, ended: () => void): AsyncGenerator<string, void> {
  try {
    yield 'a';
    await wait;
  } finally {
    ended();
  }
}

async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

describe('leavable', () => {
  it('gives every item, and nobody leaves who reads to the end', async () => {
    const leave = vi.fn<() => void>();
    const items = leavable(
      waiting(Promise.resolve(), () => {}),
      leave,
    );
    expect(await all(items)).toEqual(['a']);
    expect(leave).not.toHaveBeenCalled();
  });

  it('tells of who leaves before it waits for the source to end', async () => {
    const wait = Promise.withResolvers<void>();
    const ended = vi.fn<() => void>();
    const source = waiting(wait.promise, ended);
    const items = leavable(source, wait.resolve);
    await items.next();
    // As under a heartbeat, which asks for the next item while it goes on.
    const pending = source.next();
    await items.return();
    expect(ended).toHaveBeenCalledOnce();
    expect(await pending).toMatchObject({ done: true });
  });

  it('throws what its source throws', async () => {
    const broken = Promise.reject(new Error('broken'));
    const items = leavable(
      waiting(broken, () => {}),
      () => {},
    );
    await expect(all(items)).rejects.toThrow('broken');
  });
});
