import type { Item } from './knowledge.ts';

/** Body of `SearchVectors`, as far as it is looked at. */
export interface SearchBody {
  IndexName: string;
  SearchVector: { N: string }[];
  TopK: number;
  ExpressionAttributeValues?: Item;
}

/** The cached answers of the search's scope and shape, nearest first: those whose vector stands under the index's name. */
export function nearAnswers(
  items: Iterable<Item>,
  { IndexName, SearchVector, TopK, ExpressionAttributeValues: wanted = {} }: SearchBody,
): { Item: Item; Score: number }[] {
  const wantedText = (name: string) => wanted[`:${name}`]?.S;
  const asked = toDirection(SearchVector);
  return Array.from(items)
    .filter((item) => ['scope', 'shape'].every((name) => item[name]?.S === wantedText(name)))
    .flatMap(({ [IndexName]: vector, ...Item }) =>
      vector?.L ? { Item, Score: 1 - dot(directionOf(vector.L as Numbers), asked) } : [],
    )
    .toSorted((a, b) => a.Score - b.Score)
    .slice(0, TopK);
}

type Numbers = readonly { N: string }[];

// An item's text of numbers is read once: hundreds of them in each search would hold up every other call's answer.
const directions = new WeakMap<Numbers, Float64Array>();

function directionOf(vector: Numbers): Float64Array {
  const known = directions.get(vector) ?? toDirection(vector);
  directions.set(vector, known);
  return known;
}

function toDirection(vector: Numbers): Float64Array {
  const values = Float64Array.from(vector, ({ N }) => Number(N));
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] ?? Number.NaN), 0);
}
