import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { expect } from 'vitest';
import type { Description } from '../openapi/description.ts';

/** So long may a request take, on a busy machine. */
const patienceMs = 10_000;

/** So many groups of requests are sent, however long they take. */
const leastGroups = 8;

/** A request as it goes out. */
export interface Sent {
  method: string;
  url: string;
  headers: Record<string, string>;
  /** A character for each byte, so that what fails can be read. */
  body?: string;
}

/** A response, read to its end. */
export interface Reply {
  status: number;
  headers: Record<string, string>;
  text: string;
}

/** Sends a request. */
export type Send = (sent: Sent) => Promise<Reply>;

/** Codes that nothing a caller sends may bring about, as they stand in a body, an event or a line. */
const ours =
  /"code":"(?:internal|configuration|index_mismatch|answer_cut|deadline|model_(?:unavailable|rejected|busy)|storage_unavailable)"/;

/** What holds for every answer: it comes, it is no failure of ours, and it is as the document says. */
export async function expectSound(description: Description, send: Send, sent: Sent): Promise<Reply> {
  const reply = await inTime(send(sent));
  const { status, headers, text } = reply;
  if (status >= 500) expect({ status, text }).toBe('an answer that the caller can do something about');
  expect(text).not.toMatch(ours);
  const path = sent.url.split('?', 1)[0]!;
  const answered = { status, text, contentType: headers['content-type'] ?? '' };
  expect(description.problemsOf(sent.method, path, answered)).toEqual([]);
  return reply;
}

/**
 * Sends requests, several at once, until the time is over. What is not sound is made as small as it can be and told with
 * the seed and the path that bring it back. Resolves with how often there was which status.
 */
export async function fuzz(
  requests: fc.Arbitrary<Sent>,
  ms: number,
  check: (sent: Sent) => Promise<Reply>,
): Promise<Map<number, number>> {
  const statuses = new Map<number, number>();
  const until = performance.now() + ms;
  let groups = 0;
  const group = fc.array(requests, { minLength: 1, maxLength: 30, size: 'max' });
  const property = fc.asyncProperty(group, async (together) => {
    groups += 1;
    // Not the runner's own limit, which would leave requests behind that still run.
    if (groups > leastGroups && performance.now() > until) return;
    for (const { status } of await Promise.all(together.map(check))) {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    // Fakes answer without ever letting timers have their turn.
    await setImmediate();
  });
  await fc.assert(property, { numRuns: 100 });
  return statuses;
}

async function inTime(sending: Promise<Reply>): Promise<Reply> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`There is no answer within ${patienceMs} ms.`)), patienceMs);
  });
  return Promise.race([sending, over]).finally(() => clearTimeout(timer));
}
