import {
  paginateQuery,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Scope } from '../rag/types.ts';
import { batchGet } from './batch-get.ts';
import { storedIf } from './client.ts';
import { fromItem, postingPartition } from './posting-rows.ts';
import { readable } from './writes.ts';

/** Pages of a recount, of 1 MB each: some 10,000 rows. What lies beyond is not counted, and weighs no less than that. */
const maxPages = 16;

/** A figure is as good as new for a minute and for what its recount costs: 0.36 s a posting, an hour for 10,000. */
const freshMs = { least: 60_000, each: 360 };

/** How many passages held a term when they were last counted. */
export interface Figure {
  /** Undefined while a first count is under way, or if it failed. */
  holding: number | undefined;
  /** Milliseconds since 1970, when its count was begun. */
  claimedAt: number;
}

/** Figures by term. The one of `everyPassage` is the size of the corpus. Eventually consistent. */
export async function readFigures(
  client: DynamoDBClient,
  table: string,
  { scope, terms }: { scope: Scope; terms: readonly string[] },
  signal: AbortSignal,
): Promise<Map<string, Figure>> {
  const keys = terms.map((term) => figureKey(scope, term));
  const items = await batchGet(client, { table, keys, isConsistent: false }, signal);
  return new Map(
    items.map((item) => {
      const holding = item['holding']?.N;
      const figure = {
        holding: holding === undefined ? undefined : Number(holding),
        claimedAt: Number(item['claimedAt']?.N ?? 0),
      };
      return [(item['sk']?.S ?? '').slice(1), figure];
    }),
  );
}

/** Whether a term is to be counted anew, now that `seen` of its postings have been seen at once. */
export function isStale(figure: Figure | undefined, seen: number, now: number): boolean {
  if (!figure) return true;
  const { holding = 0 } = figure;
  const isWrong = figure.holding === undefined || holding < seen;
  return now - figure.claimedAt > freshMs.least + (isWrong ? 0 : freshMs.each * holding);
}

/**
 * Counts a term's postings, unless someone else has claimed that since `figure` was read. Only what is there is counted,
 * so no event that comes twice or never can make a figure wrong for longer than until the next count.
 */
export async function recount(
  client: DynamoDBClient,
  table: string,
  { scope, term, figure }: { scope: Scope; term: string; figure: Figure | undefined },
  signal: AbortSignal,
): Promise<void> {
  const update = async (set: { claimedAt: number } | { holding: number }, seen: number | undefined) => {
    const [[name, value] = ['', 0]] = Object.entries(set);
    const command = new UpdateItemCommand({
      TableName: table,
      Key: figureKey(scope, term),
      UpdateExpression: `SET ${name} = :value`,
      ConditionExpression: seen === undefined ? 'attribute_not_exists(claimedAt)' : 'claimedAt = :seen',
      ExpressionAttributeValues: {
        ':value': { N: String(value) },
        ...(seen !== undefined && { ':seen': { N: String(seen) } }),
      },
    });
    return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
  };
  const claimedAt = Date.now();
  if (!(await update({ claimedAt }, figure?.claimedAt))) return;
  await update({ holding: await count(client, table, { scope, term }, signal) }, claimedAt);
}

async function count(
  client: DynamoDBClient,
  table: string,
  { scope, term }: { scope: Scope; term: string },
  signal: AbortSignal,
): Promise<number> {
  let holding = 0;
  let pagesRead = 0;
  const pages = paginateQuery(
    { client },
    {
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ProjectionExpression: 'sk, postings',
      ExpressionAttributeValues: { ':pk': { S: postingPartition(scope, term) } },
    },
    { abortSignal: signal },
  );
  for await (const { Items = [] } of readable(signal, pages)) {
    for (const item of Items) holding += fromItem(item).postings.length;
    pagesRead += 1;
    if (pagesRead === maxPages) break;
  }
  return holding;
}

function figureKey(scope: Scope, term: string): Record<string, AttributeValue> {
  return { pk: { S: `${scope}#figures` }, sk: { S: `#${term}` } };
}
