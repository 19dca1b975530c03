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
    .flatMap((item) => {
      const vector = item[IndexName]?.L as Numbers | undefined;
      return vector ? { item, Score: 1 - dot(directionOf(vector), asked) } : [];
    })
    .toSorted((a, b) => a.Score - b.Score)
    .slice(0, TopK)
    .map(({ item, Score }) => ({ Item: project(item), Score }));
}

// What the deployed table's index holds of an item: an answer's text and sources would be weighed where they are not read.
const ofEntry = ['question', 'groups', 'right', 'wrong', 'createdAt', 'versions', 'expiresAt'];
const projected = new Set(['pk', 'scope', 'shape', ...ofEntry]);

function project(item: Item): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => projected.has(name)));
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
