import { denseLength, estimateTokens } from '../retrieve/context.ts';

/** Characters of a token on the average at most, in any language with spaces between its words. */
const longestTokens = 7;

/** Counts the tokens of a text while it comes; returns those until now. */
export type CountTokens = (piece: string) => number;

/**
 * Starts a count. Most servers send a piece for each token, which is exact; where the pieces are longer than tokens are, it
 * goes by their length.
 */
export function countTokens(): CountTokens {
  let pieces = 0;
  let length = 0;
  let dense = 0;
  return (piece) => {
    pieces += 1;
    length += piece.length;
    dense += denseLength(piece);
    return length <= longestTokens * pieces ? pieces : dense + estimateTokens(length - dense);
  };
}
