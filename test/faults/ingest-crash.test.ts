import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Fate } from './dying-wire.ts';
import { compared, openDesk, sections, served, type Delivery, type Desk } from './ingest-desk.ts';

vi.mock('../../lib/parse/parser.ts', () => import('./parser-here.ts'));

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const old = sections(4, 'oak');
const long = sections(40, 'steel');

interface Story {
  served?: string;
  change: () => Promise<void>;
  hasLittleTime?: boolean;
  leftOut?: string[];
}

/** What happens to the document, and to which object its event belongs. */
const stories: Record<string, Story> = {
  'a new document': { change: () => desk.put(long) },
  'a new version': { served: old, change: () => desk.put(long) },
  'a version that cannot be read': {
    served: old,
    change: () => desk.put(' '),
    // Trying anew what has failed is another turn.
    leftOut: ['revision'],
  },
  'a version that takes several deliveries': {
    served: old,
    change: () => desk.put(sections(136, 'steel')),
    hasLittleTime: true,
  },
  'a deletion': { served: old, change: () => desk.drop() },
};

/** Delivers to a process that ends at its nth write, and waits until nothing of it is left. */
async function deliverAndDie(at: number, how: Fate, delivery: Delivery): Promise<void> {
  const killed = new AbortController();
  desk.wire.arm((write) => {
    if (write !== at) return 'pass';
    killed.abort();
    return how;
  });
  await expect(desk.deliverAll({ ...delivery, signal: killed.signal })).rejects.toThrow(/./);
  await desk.wire.settled();
  desk.wire.arm(() => 'pass');
}

/**
 * Before each write, and inside of each batch. After a single write is before the next one, but for the last, which may
 * be done without the process knowing.
 */
function deathsOf(writes: string[]): { at: number; how: Fate }[] {
  return writes.flatMap((operation, index) => {
    const isTorn = operation === 'BatchWriteItem' || index === writes.length - 1;
    const at = index + 1;
    return [{ at, how: 'die' as const }, ...(isTorn ? [{ at, how: 'tear' as const }] : [])];
  });
}

describe('a process that is killed at any write, and its event delivered again', () => {
  it.each(Object.entries(stories))(
    'with %s ends in the tables of a clean run',
    async (_, story) => {
      const before = await served(desk, story.served);
      await story.change();
      desk.wire.arm(() => 'pass');
      const delivery = { hasLittleTime: story.hasLittleTime ?? false };
      const outcomes = await desk.deliverAll(delivery);
      expect(outcomes.includes('continued')).toBe(delivery.hasLittleTime);
      const writes = desk.wire.writes();
      const clean = compared(await desk.items(), story.leftOut);
      expect(writes.length).toBeGreaterThan(1);
      expect(clean).not.toEqual(compared(before, story.leftOut));

      for (const { at, how } of deathsOf(writes)) {
        await desk.useTable(before);
        await deliverAndDie(at, how, delivery);
        await desk.deliverAll({ ...delivery, attempt: 2 });
        expect(
          compared(await desk.items(), story.leftOut),
          `${how} at write ${at}, ${writes[at - 1]}`,
        ).toEqual(clean);
      }
    },
    240_000,
  );
});
