import { expect, it } from 'vitest';
import { withoutFailure } from '../../../../web/shell/storage.ts';

function storage(limit: number) {
  const values = new Map<string, string>();
  return {
    values,
    getItem: (name: string) => values.get(name) ?? null,
    setItem: (name: string, value: string) => {
      if (value.length > limit) throw new DOMException('It is full.', 'QuotaExceededError');
      values.set(name, value);
    },
    removeItem: (name: string) => void values.delete(name),
  };
}

it('keeps what a full storage does not take, for as long as the page is open', () => {
  const full = storage(3);
  const kept = withoutFailure(full);
  kept.setItem('a', 'one');
  kept.setItem('a', 'longer');
  expect([kept.getItem('a'), full.values.get('a')]).toEqual(['longer', 'one']);
  kept.setItem('a', 'two');
  expect([kept.getItem('a'), full.values.get('a')]).toEqual(['two', 'two']);
});

it('forgets a value wherever it is', () => {
  const full = storage(3);
  const kept = withoutFailure(full);
  kept.setItem('a', 'one');
  kept.setItem('a', 'longer');
  kept.removeItem('a');
  expect([kept.getItem('a'), full.values.size]).toEqual([null, 0]);
});
