import { expect, it } from 'vitest';
import { refusalOf } from '../../../bench/open-files.ts';

it('so many streams as there are files for are let through, and more are told how many would be', () => {
  expect(refusalOf(9_250, 20_000)).toBe(undefined);
  expect(refusalOf(9_251, 20_000)).toMatch(/20002 open files .* 20000 are allowed .*: at most 9250 streams/);
  expect(refusalOf(10, 1_024)).toMatch(/at most 0 streams/);
});

it('there is a most for every machine', () => {
  expect(refusalOf(10_000, Infinity)).toBe(undefined);
  expect(refusalOf(10_001, Infinity)).toBe('At most 10000 streams are measured.');
});

it('the limit is that of this process where none is given', () => {
  expect(refusalOf(1)).toBe(undefined);
});
