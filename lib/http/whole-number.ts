import * as z from 'zod';

/** A whole number in JSON, whose bounds are told together. */
export function wholeNumber(from: number, to: number) {
  const error = messageOf(from, to);
  return z.int({ error }).min(from, error).max(to, error);
}

/** The same in a path, a query or a header. */
export function wholeNumberText(from: number, to: number) {
  const error = messageOf(from, to);
  return z.coerce.number({ error }).int(error).min(from, error).max(to, error);
}

function messageOf(from: number, to: number): string {
  return `must be a whole number from ${from} to ${to.toLocaleString('en')}`;
}
