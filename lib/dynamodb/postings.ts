import { QueryCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../async/map-bounded.ts';
import { weightOf } from '../rag/retrieve/bm25.ts';
import type { KeywordIndex } from '../rag/ports/knowledge.ts';
import type { KeywordHit, Scope } from '../rag/types.ts';
import { stored } from './client.ts';
import { createKnownTerms, type KnownTerms } from './known-terms.ts';
import { isStale, readFigures, recount, type Figure } from './posting-figures.ts';
import { everyPassage, fromItem, postingPartition } from './posting-rows.ts';
import { writePostings } from './posting-writes.ts';

/** What one question reads. */
const maxTerms = 12;
const maxPostings = { ofTerm: 500, ofQuestion: 5_000 };

/** Postings in a row of a term that nobody has asked for yet: more than most have, so that a first search reads too little. */
const inUnknownRow = 4;

/** Figures counted anew for one question; the next one counts the others. */
const maxRecounts = 4;

/** Keyword search over the postings in the knowledge table. */
export function createKeywordIndex(client: DynamoDBClient, table: string): KeywordIndex {
  const known = createKnownTerms();
  return {
    ...writePostings(client, table),

    search: async ({ scope, terms, limit }, { signal, later }) => {
      const chosen = chooseTerms(known, scope, terms);
      if (chosen.length === 0) return [];
      const { lists, figures } = await read(client, table, { scope, chosen, known }, signal);
      if (later) {
        for (const stale of staleOf(lists, figures)) {
          later((signal) => recount(client, table, { scope, ...stale }, signal));
        }
      }
      const counted = lists.map((list) => ({ ...list, holding: holdingOf(list, figures) }));
      for (const { term, holding, inRow } of counted) known.set(scope, term, { holding, inRow });
      return rank(counted, figures.get(everyPassage)).slice(0, limit);
    },
  };
}

/** Distinct terms, the rarest first where there are too many; what is not known is taken for rare. */
function chooseTerms(known: KnownTerms, scope: Scope, terms: readonly string[]): string[] {
  const distinct = Array.from(new Set(terms)).filter((term) => term !== everyPassage);
  if (distinct.length <= maxTerms) return distinct;
  const holding = new Map(distinct.map((term) => [term, known.get(scope, term)?.holding ?? 0]));
  return distinct.toSorted((a, b) => (holding.get(a) ?? 0) - (holding.get(b) ?? 0)).slice(0, maxTerms);
}

/** Reads the terms' rows and their figures: all at once, and the end of one that fails is the end of all. */
async function read(
  client: DynamoDBClient,
  table: string,
  { scope, chosen, known }: { scope: Scope; chosen: readonly string[]; known: KnownTerms },
  signal: AbortSignal,
): Promise<{ lists: TermList[]; figures: Map<string, Figure> }> {
  const postings = Math.min(maxPostings.ofTerm, Math.floor(maxPostings.ofQuestion / chosen.length));
  const lists: TermList[] = [];
  let figures = new Map<string, Figure>();
  const readRowsOf = (term: string, index: number) => async (signal: AbortSignal) => {
    const limit = Math.ceil(postings / (known.get(scope, term)?.inRow ?? inUnknownRow));
    lists[index] = await readRows(client, table, { scope, term, limit }, signal);
  };
  const readFiguresOf = async (signal: AbortSignal) => {
    // A list that will be read to its end needs none.
    const long = chosen.filter((term) => (known.get(scope, term)?.holding ?? postings) >= postings / 2);
    figures = await readFigures(client, table, { scope, terms: [everyPassage, ...long] }, signal);
  };
  const reads = [readFiguresOf, ...chosen.map(readRowsOf)];
  await mapBounded(reads, { limit: reads.length, signal }, (each, _, signal) => each(signal));
  return { lists, figures };
}

/** What was read of a term. */
interface TermList {
  term: string;
  rows: ReturnType<typeof fromItem>[];
  /** Postings in the rows. */
  seen: number;
  /** Postings in a row, on average. */
  inRow: number;
  /** Whether there are more rows than were read. */
  isCut: boolean;
}

async function readRows(
  client: DynamoDBClient,
  table: string,
  { scope, term, limit }: { scope: Scope; term: string; limit: number },
  signal: AbortSignal,
): Promise<TermList> {
  const partition = postingPartition(scope, term);
  const command = new QueryCommand({
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    ProjectionExpression: 'pk, sk, postings',
    ExpressionAttributeValues: { ':pk': { S: partition } },
    Limit: limit,
  });
  const output = await stored(signal, client.send(command, { abortSignal: signal }));
  const { Items = [], LastEvaluatedKey } = output;
  const rows = Items.filter((item) => item['pk']?.S === partition).map(fromItem);
  const seen = rows.reduce((sum, { postings }) => sum + postings.length, 0);
  const inRow = rows.length === 0 ? 1 : seen / rows.length;
  return { term, rows, seen, inRow, isCut: LastEvaluatedKey !== undefined };
}

/** The figures that a search had to do without, or with old ones. */
function staleOf(
  lists: readonly TermList[],
  figures: ReadonlyMap<string, Figure>,
): { term: string; figure: Figure | undefined }[] {
  const most = Math.max(0, ...lists.map(({ seen }) => seen));
  const needed = [
    ...(most > 0 ? [{ term: everyPassage, seen: most }] : []),
    ...lists.filter(({ isCut }) => isCut),
  ];
  const now = Date.now();
  return needed
    .map(({ term, seen }) => ({ term, seen, figure: figures.get(term) }))
    .filter(({ figure, seen }) => isStale(figure, seen, now))
    .map(({ term, figure }) => ({ term, figure }))
    .slice(0, maxRecounts);
}

/** All of a list that was read to its end was seen; of another at least that much is there. */
function holdingOf({ term, seen, isCut }: TermList, figures: ReadonlyMap<string, Figure>): number {
  return isCut ? Math.max(seen, figures.get(term)?.holding ?? 0) : seen;
}

/** The passages of all lists, best first; equal ones in an order of their own, so that it is always the same. */
function rank(lists: readonly (TermList & { holding: number })[], corpus: Figure | undefined): KeywordHit[] {
  const most = Math.max(0, ...lists.map(({ holding }) => holding));
  // Until it is counted, the corpus is taken for twice as large as what holds the most common term.
  const all = Math.max(most, corpus?.holding ?? 2 * most);
  const hits = new Map<string, KeywordHit>();
  for (const { rows, holding } of lists) {
    const weight = weightOf({ holding, all });
    for (const { document, version, postings } of rows) {
      for (const { number, impact } of postings) {
        const key = `${document}#${version}#${number}`;
        const hit = hits.get(key);
        if (hit) hit.score += weight * impact;
        else hits.set(key, { document, version, number, score: weight * impact });
      }
    }
  }
  return Array.from(hits.values()).toSorted(
    (a, b) => b.score - a.score || compare(a.document, b.document) || a.number - b.number,
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
