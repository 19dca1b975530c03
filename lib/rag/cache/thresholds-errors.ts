import { doublingsOf, type Cell } from './thresholds-counts.ts';

/** Neighbouring cells that are taken for one, and what is known of the error there. */
export interface Pool {
  /** First and last cell. */
  from: number;
  to: number;
  right: number;
  wrong: number;
}

/** Newton's steps for the curve; it is as good as still after eight. */
const steps = 12;

/** What the curve is before anything was seen: even odds at even agreement, halved with each doubling; and how firmly. */
const prior = { start: 0, slope: -Math.LN2, startWeight: 0.05, slopeWeight: 0.5 };

/** The error of a pool: half of one wrong and one right are taken as seen, so that it is never thought to be 0. */
export function errorOf({ right, wrong }: Pool): number {
  return (wrong + 0.5) / (right + wrong + 1);
}

/**
 * Pools neighbouring cells until the error falls from each to the next: more agreement is never worse (isotonic
 * regression by adjacent violators). A cell of which nothing is known joins the one below it.
 */
export function poolCells(cells: readonly Cell[]): Pool[] {
  const pools: Pool[] = [];
  for (const [cell, { right, wrong }] of cells.entries()) {
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
  return isKnown(pool) && isKnown(below) && errorOf(pool) < errorOf(below);
}

/**
 * A smooth curve of the error over the odds of agreement (logistic regression), by cell. It carries what goes wrong among
 * questions that the model is asked anyway over to those that are served and hardly ever checked: when strange questions
 * begin to come, it rises everywhere at once.
 */
export function errorCurve(cells: readonly Cell[]): number[] {
  let { start, slope } = prior;
  for (let step = 0; step < steps; step += 1) {
    let gradientStart = -(start - prior.start) * prior.startWeight;
    let gradientSlope = -(slope - prior.slope) * prior.slopeWeight;
    let startStart = prior.startWeight;
    let startSlope = 0;
    let slopeSlope = prior.slopeWeight;
    for (const [cell, { right, wrong }] of cells.entries()) {
      const at = doublingsOf(cell);
      const error = logistic(start + slope * at);
      const residual = wrong - (right + wrong) * error;
      const weight = (right + wrong) * error * (1 - error);
      gradientStart += residual;
      gradientSlope += residual * at;
      startStart += weight;
      startSlope += weight * at;
      slopeSlope += weight * at * at;
    }
    const determinant = startStart * slopeSlope - startSlope * startSlope;
    start += (slopeSlope * gradientStart - startSlope * gradientSlope) / determinant;
    slope += (startStart * gradientSlope - startSlope * gradientStart) / determinant;
  }
  return cells.map((_, cell) => logistic(start + slope * doublingsOf(cell)));
}

function logistic(logOdds: number): number {
  return 1 / (1 + Math.exp(-logOdds));
}
