/** A row that was found, and where. */
export interface Ranked {
  row: number;
  key: string;
  score: number;
}

/** The best `limit` of what is offered, in order; equal scores by key, so that an answer can be repeated. */
export interface Best {
  offer(row: number, score: number): void;
  ranked(): Ranked[];
}

/** Keeps a short sorted list: nearly every row of a large index fails the first comparison. */
export function createBest(limit: number, direction: 1 | -1, keys: readonly string[]): Best {
  const list: Ranked[] = [];

  const isBefore = (score: number, key: string, other: Ranked) =>
    score === other.score ? key < other.key : (score - other.score) * direction > 0;

  return {
    offer(row, score) {
      const key = keys[row]!;
      if (list.length === limit) {
        if (!isBefore(score, key, list[limit - 1]!)) return;
        list.pop();
      }
      let position = list.length;
      while (position > 0 && isBefore(score, key, list[position - 1]!)) position -= 1;
      list.splice(position, 0, { row, key, score });
    },
    ranked: () => list,
  };
}
