import { cellCount, type Cell } from './thresholds-counts.ts';

/** Neighbouring cells of one kind that are taken for one, and what is known of the error there. */
export interface Pool {
  /** First and last cell. */
  from: number;
  to: number;
  right: number;
  wrong: number;
}

/** The error of a pool: one wrong and one right are taken as seen, so that little evidence counts as bad (Laplace). */
export function errorOf({ right, wrong }: Pool): number {
  return (wrong + 1) / (right + wrong + 2);
}

/** The pools of either kind, the least error first. */
export function poolCells(cells: readonly Cell[]): Pool[] {
  const pools = [0, cellCount].flatMap((first) =>
    poolKind(cells.slice(first, first + cellCount), first).toReversed(),
  );
  return pools.toSorted((a, b) => errorOf(a) - errorOf(b));
}

/**
 * Pools neighbouring cells until the error falls from each to the next: more agreement is never worse (isotonic
 * regression by adjacent violators). A cell of which nothing is known joins the one below it, never the one above: that more
 * agreement is right tells nothing of less than was ever seen.
 */
function poolKind(cells: readonly Cell[], first: number): Pool[] {
  const pools: Pool[] = [];
  for (const [place, { right, wrong }] of cells.entries()) {
    const cell = first + place;
    let pool: Pool = { from: cell, to: cell, right, wrong };
    for (let below = pools.at(-1); below && !isBetter(pool, below); below = pools.at(-1)) {
      pools.pop();
      pool = {
        ...{ from: below.from, to: cell },
        ...{ right: below.right + pool.right, wrong: below.wrong + pool.wrong },
      };
    }
    pools.push(pool);
  }
  return pools;
}

function isBetter(pool: Pool, below: Pool): boolean {
  const isKnown = ({ right, wrong }: Pool) => right + wrong > 0;
  return isKnown(pool) && (!isKnown(below) || errorOf(pool) < errorOf(below));
}
