import type { Hit } from '../types.ts';

/** Passages that one source spans at most: about a page, so that its citation still says where to look. */
const maxJoined = 4;

/** Passages that follow each other in one document, in order. */
export type Span = Hit[];

/**
 * Adds the passage to the span it continues, on the page and under the headings it stands on, or closes the gap between
 * two spans. False if it continues none.
 */
export function joinNeighbour(spans: Span[], hit: Hit): boolean {
  const above = spans.findIndex((span) => span.length < maxJoined && follows(span.at(-1)!, hit));
  const below = spans.findIndex((span) => span.length < maxJoined && follows(hit, span[0]!));
  const [before, after] = [spans[above], spans[below]];
  if (before && after && before.length + after.length < maxJoined) {
    spans[Math.min(above, below)] = [...before, hit, ...after];
    spans.splice(Math.max(above, below), 1);
    return true;
  }
  if (before) before.push(hit);
  else after?.unshift(hit);
  return before !== undefined || after !== undefined;
}

/** A span as one passage: the place of its first, the score of its best, the text of all. */
export function toPassage(span: Span): Hit {
  const [first, ...others] = span as [Hit, ...Hit[]];
  if (others.length === 0) return first;
  return {
    ...first,
    text: span.map(({ text }) => text).join('\n\n'),
    score: Math.max(...span.map(({ score }) => score)),
    lastNumber: span.at(-1)!.number,
  };
}

function follows(above: Hit, below: Hit): boolean {
  return (
    below.number === above.number + 1 &&
    below.document === above.document &&
    below.version === above.version &&
    below.page === above.page &&
    below.headings.length === above.headings.length &&
    below.headings.every((name, index) => name === above.headings[index])
  );
}
