import type { VectorIndexDefinition } from './definitions.ts';

/** One stored vector against the one searched for; both lie in larger arrays. */
export interface Distance {
  /** +1 where a higher score is nearer, -1 where a lower one is. */
  readonly direction: 1 | -1;
  /** Scores like the service: sums in double precision, the result within single precision's range. */
  score(pair: Pair): number;
}

/** Where the two vectors stand, with the sum of their own squares. */
export interface Pair {
  query: Float32Array;
  querySquare: number;
  rows: Float32Array;
  offset: number;
  rowSquare: number;
}

const largest = 3.402_823_466_385_288_6e38;
const saturated = (score: number) => Math.max(-largest, Math.min(largest, score));

/** Sum of products of `query` and the vector at `offset`. Four sums side by side keep the processor busy. */
export function dotProduct(query: Float32Array, rows: Float32Array, offset: number): number {
  const length = query.length;
  const whole = length - (length % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < whole; i += 4) {
    a += query[i]! * rows[offset + i]!;
    b += query[i + 1]! * rows[offset + i + 1]!;
    c += query[i + 2]! * rows[offset + i + 2]!;
    d += query[i + 3]! * rows[offset + i + 3]!;
  }
  for (let i = whole; i < length; i += 1) a += query[i]! * rows[offset + i]!;
  return a + b + c + d;
}

function squaredDifference(query: Float32Array, rows: Float32Array, offset: number): number {
  let sum = 0;
  for (let i = 0; i < query.length; i += 1) {
    const difference = query[i]! - rows[offset + i]!;
    sum += difference * difference;
  }
  return sum;
}

/** The three functions of https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SearchVectors.html */
export const distances: Record<VectorIndexDefinition['DistanceFunction'], Distance> = {
  COSINE: {
    direction: -1,
    score({ query, querySquare, rows, offset, rowSquare }) {
      // A vector without length has no direction; the service scores it 1. One root of the product, not the product of
      // two roots, so that a vector against itself is exactly 0.
      if (querySquare === 0 || rowSquare === 0) return 1;
      const cosine = dotProduct(query, rows, offset) / Math.sqrt(querySquare * rowSquare);
      return 1 - Math.max(-1, Math.min(1, cosine));
    },
  },
  EUCLIDEAN: {
    direction: -1,
    score: ({ query, rows, offset }) => saturated(Math.sqrt(squaredDifference(query, rows, offset))),
  },
  DOT_PRODUCT: {
    direction: 1,
    score: ({ query, rows, offset }) => saturated(dotProduct(query, rows, offset)),
  },
};
