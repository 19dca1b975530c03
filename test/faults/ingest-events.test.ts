import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { compared, openDesk, sections, served, target, uri, type Desk, type Items } from './ingest-desk.ts';

vi.mock('../../lib/parse/parser.ts', () => import('./parser-here.ts'));

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk();
});
afterAll(() => desk.close());

const old = sections(2, 'oak');
const next = sections(5, 'steel');
const newest = sections(3, 'glass');

/** How often the record has changed, and whether a title was read before it was deleted. */
const ofTheWay = ['revision', 'title'];

/** All that there is of a deleted document. */
const tombstone = {
  [`${target.scope}#document ${target.id}`]: {
    ...{ pk: `${target.scope}#document`, sk: target.id, recentScope: target.scope, uri },
    ...{ state: 'deleted', chunks: 0, chunksDone: 0 },
  },
};

/** How many writes it takes, and what it leaves. */
async function cleanRun(
  text: string,
  change: () => Promise<void>,
): Promise<{ writes: number; items: Items }> {
  await served(desk, text);
  await change();
  desk.wire.arm(() => 'pass');
  await desk.deliver();
  return { writes: desk.wire.writes().length, items: await desk.items() };
}

/** Runs with `meanwhile` happening at the nth write, which waits for it. */
async function deliverWith(at: number, meanwhile: () => Promise<void>): Promise<void> {
  desk.wire.arm(async (write) => {
    if (write === at) await meanwhile();
    return 'pass' as const;
  });
  await desk.deliver();
}

describe('events', () => {
  it('that come twice at once, and later again, end in the tables of one', async () => {
    const { items } = await cleanRun(old, () => desk.put(next));
    await served(desk, old);
    await desk.put(next);
    await Promise.all([desk.deliver(), desk.deliver()]);
    expect(compared(await desk.items())).toEqual(compared(items));
    const before = await desk.items();
    expect(await desk.deliver()).toBe('unchanged');
    expect(await desk.items()).toEqual(before);
  });

  it('that come out of order, of versions and deletions long past, end in the tables of the last', async () => {
    const { items } = await cleanRun(old, () => desk.put(next));
    await served(desk, old);
    await desk.put(newest);
    await desk.drop();
    await desk.put(next);
    // One each of `newest`, the deletion and `next`; which comes when makes no difference.
    for (let event = 0; event < 3; event += 1) await desk.deliver();
    expect(compared(await desk.items())).toEqual(compared(items));
  });

  it('of a document that is gone leave nothing but its tombstone', async () => {
    await served(desk, old);
    await desk.drop();
    for (let event = 0; event < 2; event += 1) expect(await desk.deliver()).toBe('deleted');
    expect(compared(await desk.items(), ofTheWay)).toEqual(tombstone);
  });
});

describe('while a version is ingested, at any of its writes,', () => {
  /** Which turn wrote an item is another with another run in between. */
  const turns = ['revision', 'run'];

  it('a newer one that overtakes it is what is served in the end', async () => {
    const { writes } = await cleanRun(old, () => desk.put(next));
    const { items } = await cleanRun(old, () => desk.put(newest));
    const before = await served(desk, old);
    for (let at = 1; at <= writes; at += 1) {
      await desk.useTable(before);
      await desk.put(next);
      await deliverWith(at, async () => {
        await desk.put(newest);
        await desk.deliver();
      });
      expect(compared(await desk.items(), turns), `at write ${at}`).toEqual(compared(items, turns));
    }
  }, 120_000);

  it.each([
    ['by the API', () => desk.retire()],
    ['from the bucket', () => desk.drop()],
  ])(
    'its deletion %s leaves nothing but a tombstone',
    async (_, remove) => {
      const { writes } = await cleanRun(old, () => desk.put(next));
      const before = await served(desk, old);
      for (let at = 1; at <= writes; at += 1) {
        await desk.useTable(before);
        await desk.put(next);
        await deliverWith(at, remove);
        // The deletion's own event.
        await desk.deliver();
        expect(compared(await desk.items(), ofTheWay), `at write ${at}`).toEqual(tombstone);
      }
    },
    120_000,
  );
});
