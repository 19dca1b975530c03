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
  return Array.from(items)
    .filter((item) => ['scope', 'shape'].every((name) => item[name]?.S === wantedText(name)))
    .flatMap(({ [IndexName]: vector, ...Item }) =>
      vector?.L ? { Item, Score: 1 - cosine(vector.L as { N: string }[], SearchVector) } : [],
    )
    .toSorted((a, b) => a.Score - b.Score)
    .slice(0, TopK);
}

function cosine(a: readonly { N: string }[], b: readonly { N: string }[]): number {
  const dot = (one: readonly { N: string }[], other: readonly { N: string }[]) =>
    one.reduce((sum, { N }, at) => sum + Number(N) * Number(other[at]?.N), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
