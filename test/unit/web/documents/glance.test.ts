import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { networkError } from '../../../../web/api/error.ts';
import { createGlance } from '../../../../web/documents/glance.ts';
import type { DocumentView } from '../../../../web/documents/types.ts';
import { createApi } from './api.ts';
import { documentOf } from './documents.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open(...documents: DocumentView[]) {
  const { list } = createApi();
  const state = { documents, isVisible: true };
  list.mockImplementation(async () => ({ documents: state.documents }));
  const seen: (string | undefined)[] = [];
  const glance = createGlance({
    apiOf: () => ({ list }),
    onSeen: (all) => void seen.push(all?.map((one) => `${one.id} ${one.state}`).join()),
    isVisible: () => state.isVisible,
  });
  return { glance, list, seen, state };
}

it('tells what a collection holds, also that it holds nothing', async () => {
  const { glance, list, seen } = open();
  glance.at('main');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen).toEqual([undefined, '']);
  expect(list).toHaveBeenCalledTimes(1);
});

it('looks again while documents are under way, and not after', async () => {
  const { glance, list, seen, state } = open(documentOf('a.md', { state: 'parsing' }));
  glance.at('main');
  await vi.advanceTimersByTimeAsync(3_000);
  state.documents = [documentOf('a.md')];
  await vi.advanceTimersByTimeAsync(10_000);
  expect(seen).toEqual([undefined, 'a.md parsing', 'a.md ready']);
  const looks = list.mock.calls.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(list).toHaveBeenCalledTimes(looks);
});

it('looks at nothing while nobody sees the page or it is stopped', async () => {
  const { glance, list, state } = open(documentOf('a.md', { state: 'parsing' }));
  state.isVisible = false;
  glance.at('main');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(list).toHaveBeenCalledTimes(1);
  state.isVisible = true;
  glance.at('main');
  await vi.advanceTimersByTimeAsync(1_000);
  expect(list).toHaveBeenCalledTimes(2);
  glance.stop();
  glance.again();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(list).toHaveBeenCalledTimes(2);
});

it('tells nothing of the collection before once another is looked at', async () => {
  const { glance, list, seen } = open(documentOf('b.md'));
  const slow = Promise.withResolvers<{ documents: DocumentView[] }>();
  list.mockReturnValueOnce(slow.promise);
  glance.at('main');
  glance.at('hr');
  slow.resolve({ documents: [documentOf('a.md')] });
  await vi.advanceTimersByTimeAsync(1);
  expect(seen).toEqual([undefined, undefined, 'b.md ready']);
});

it('says that nobody can tell, and looks once more when it is asked to', async () => {
  const { glance, list, seen } = open(documentOf('a.md'));
  list.mockRejectedValueOnce(networkError());
  glance.at('main');
  await vi.advanceTimersByTimeAsync(1);
  expect(seen).toEqual([undefined, undefined]);
  glance.again();
  await vi.advanceTimersByTimeAsync(1);
  expect(seen.at(-1)).toBe('a.md ready');
});
