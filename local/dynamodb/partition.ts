import { createBest } from './best.ts';
import type { VectorIndexDefinition } from './definitions.ts';
import { distances, dotProduct } from './distance.ts';
import type { Entry } from './entry.ts';

/** What a search asks of a partition. `filters` has a value for every slot that is filtered. */
export interface Search {
  query: Float32Array;
  filters: readonly (string | undefined)[];
  limit: number;
}

/** An entry that was found. `vector` is a view into the index: read it at once. */
export interface Found {
  key: string;
  score: number;
  attributes: string;
  vector: Float32Array;
}

/** The entries that share a HASH value, their vectors in one array. */
export interface Partition {
  readonly size: number;
  add(key: string, entry: Entry): void;
  remove(key: string): void;
  /** Exact nearest neighbours, best first. */
  search(search: Search): Found[];
}

const initialRows = 64;

/** An empty partition. Writes touch one row: the last takes the place of a removed one, the array grows by doubling. */
export function createPartition(
  dimensions: number,
  distanceFunction: VectorIndexDefinition['DistanceFunction'],
): Partition {
  const distance = distances[distanceFunction];
  const rowOf = new Map<string, number>();
  const keys: string[] = [];
  const entries: Pick<Entry, 'filters' | 'attributes'>[] = [];
  let vectors = new Float32Array(initialRows * dimensions);
  let squares = new Float64Array(initialRows);

  function grow(): void {
    const wider = new Float32Array(vectors.length * 2);
    wider.set(vectors);
    vectors = wider;
    const longer = new Float64Array(squares.length * 2);
    longer.set(squares);
    squares = longer;
  }

  function remove(key: string): void {
    const row = rowOf.get(key);
    if (row === undefined) return;
    const last = keys.length - 1;
    keys[row] = keys[last]!;
    entries[row] = entries[last]!;
    vectors.copyWithin(row * dimensions, last * dimensions, (last + 1) * dimensions);
    squares[row] = squares[last]!;
    rowOf.set(keys[row], row);
    rowOf.delete(key);
    keys.pop();
    entries.pop();
  }

  return {
    get size() {
      return keys.length;
    },
    remove,
    add(key, { vector, filters, attributes }) {
      remove(key);
      const row = keys.length;
      if (row === squares.length) grow();
      vectors.set(vector, row * dimensions);
      squares[row] = dotProduct(vector, vector, 0);
      keys.push(key);
      entries.push({ filters, attributes });
      rowOf.set(key, row);
    },
    search({ query, filters, limit }) {
      const best = createBest(limit, distance.direction, keys);
      const wanted = filters.flatMap((value, slot) => (value === undefined ? [] : [{ slot, value }]));
      const pair = {
        query,
        querySquare: dotProduct(query, query, 0),
        rows: vectors,
        offset: 0,
        rowSquare: 0,
      };
      for (let row = 0; row < keys.length; row += 1) {
        if (wanted.some(({ slot, value }) => entries[row]!.filters[slot] !== value)) continue;
        pair.offset = row * dimensions;
        pair.rowSquare = squares[row]!;
        best.offer(row, distance.score(pair));
      }
      return best.ranked().map(({ row, key, score }) => ({
        key,
        score,
        attributes: entries[row]!.attributes,
        vector: vectors.subarray(row * dimensions, (row + 1) * dimensions),
      }));
    },
  };
}
