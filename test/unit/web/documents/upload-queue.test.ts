import { expect, it } from 'vitest';
import { createUploadQueue } from '../../../../web/documents/upload-queue.ts';

/** Works that run until the test ends them. */
function createWorks() {
  const running = new Map<string, { signal: AbortSignal; end: () => void }>();
  const begun: string[] = [];
  return {
    running,
    begun,
    work: (name: string) => (signal: AbortSignal) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      begun.push(name);
      running.set(name, { signal, end: resolve });
      signal.addEventListener('abort', () => resolve());
      return promise.finally(() => running.delete(name));
    },
    end: async (name: string) => {
      running.get(name)?.end();
      await settled();
    },
  };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

it('runs so many at once, in order', async () => {
  const queue = createUploadQueue(2);
  const { work, begun, end } = createWorks();
  for (const id of ['a', 'b', 'c', 'd']) queue.add(id, work(id));
  expect(begun).toEqual(['a', 'b']);
  expect(queue.open()).toBe(4);
  await end('b');
  expect(begun).toEqual(['a', 'b', 'c']);
  await end('a');
  await end('c');
  await end('d');
  expect(queue.open()).toBe(0);
});

it('gives up what waits, and what runs by its signal', async () => {
  const queue = createUploadQueue(1);
  const { work, begun, running } = createWorks();
  for (const id of ['a', 'b', 'c']) queue.add(id, work(id));
  const signal = running.get('a')?.signal;
  queue.cancel('b');
  queue.cancel('a');
  expect(signal?.aborted).toBe(true);
  await settled();
  expect(begun).toEqual(['a', 'c']);
});

it('lets the new work on a document begin when the old one has ended', async () => {
  const queue = createUploadQueue(3);
  const { work, begun, running } = createWorks();
  queue.add('a', work('old'));
  const signal = running.get('old')?.signal;
  queue.add('a', work('new'));
  expect(signal?.aborted).toBe(true);
  expect(begun).toEqual(['old']);
  await settled();
  expect(begun).toEqual(['old', 'new']);
});

it('goes on when a work fails', async () => {
  const queue = createUploadQueue(1);
  const { work, begun } = createWorks();
  queue.add('a', () => Promise.reject(new Error('no')));
  queue.add('b', work('b'));
  await settled();
  expect(begun).toEqual(['b']);
});

it('gives up everything when it is cleared', async () => {
  const queue = createUploadQueue(1);
  const { work, begun } = createWorks();
  queue.add('a', work('a'));
  queue.add('b', work('b'));
  queue.clear();
  await settled();
  expect(begun).toEqual(['a']);
  expect(queue.open()).toBe(0);
});
