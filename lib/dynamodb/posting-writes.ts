import {
  GetItemCommand,
  paginateQuery,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import { mapBounded } from '../async/map-bounded.ts';
import { postingsOf } from '../rag/retrieve/bm25.ts';
import type { KeywordIndex, KeywordPassage } from '../rag/ports/knowledge.ts';
import type { Scope } from '../rag/types.ts';
import { stored, storedIf } from './client.ts';
import { packNames, unpackNames } from './packed-postings.ts';
import { everyPassage, rowKey, toItem, toRows, type Block, type RowName } from './posting-rows.ts';
import { readable, removeFrom, writeAll } from './writes.ts';

/** Passages of a block: the names of its rows fit an item, and its terms are in memory at once. */
const passagesInBlock = 256;
const deletesAtOnce = 32;

type Item = Record<string, AttributeValue>;

/**
 * The writing half of keyword search. The rows of a block lie in as many partitions as it has terms, so their names are
 * written down before them, in one item beside the document's other blocks: whatever dies when, what is to be removed is
 * known, without the passages and without the tokeniser that took them apart.
 */
export function writePostings(client: DynamoDBClient, table: string): Pick<KeywordIndex, 'put' | 'sweep'> {
  const remove = (block: Block, names: readonly RowName[], revision: number, signal: AbortSignal) =>
    mapBounded(names, { limit: deletesAtOnce, signal }, (name, _, signal) =>
      removeFrom(client, { table, key: rowKey(block, name), revision }, signal),
    );

  const putBlock = async (
    block: Block,
    run: number,
    passages: readonly KeywordPassage[],
    signal: AbortSignal,
  ): Promise<void> => {
    const postings = await postingsOf(passages, signal);
    postings.set(
      everyPassage,
      passages.map(({ number }) => ({ number, impact: 1 })),
    );
    const rows = Array.from(postings, ([term, list]) => toRows(term, list)).flat();
    const names = rows.map(({ name }) => name);
    if (!(await noteNames(client, table, block, { run, names }, signal))) return;
    const writes = rows.map((row) => ({
      PutRequest: { Item: toItem(rowKey(block, row.name), row.postings, run) },
    }));
    await writeAll(client, { table, writes }, signal);
    // Who removed the block meanwhile may have passed rows that were not there yet.
    if (!(await isNoted(client, table, block, signal))) await remove(block, names, run + 1, signal);
  };

  return {
    put: async ({ revision, ...version }, passages, { signal }) => {
      for (let at = 0; at < passages.length; at += passagesInBlock) {
        const block = { ...version, block: at / passagesInBlock };
        await putBlock(block, revision, passages.slice(at, at + passagesInBlock), signal);
      }
    },

    sweep: async ({ scope, document, keep, revision }, { signal }) => {
      const pages = paginateQuery(
        { client },
        {
          TableName: table,
          KeyConditionExpression: 'pk = :pk',
          FilterExpression: keep === undefined ? '#run < :run' : '#run < :run AND version <> :keep',
          // What a run that lost has just written must be seen, or it stays.
          ConsistentRead: true,
          ExpressionAttributeNames: { '#run': 'run' },
          ExpressionAttributeValues: {
            ':pk': { S: blockPartition(scope, document) },
            ':run': { N: String(revision) },
            ...(keep !== undefined && { ':keep': { S: keep } }),
          },
        },
        { abortSignal: signal },
      );
      for await (const { Items = [] } of readable(signal, pages)) {
        for (const item of Items) {
          const block = toBlock(scope, document, item);
          await remove(block, unpackNames(item['names']?.B ?? new Uint8Array()), revision, signal);
          await removeFrom(client, { table, key: blockKey(block), revision }, signal);
        }
      }
    },
  };
}

/** Partition that holds the names of a document's rows. */
function blockPartition(scope: Scope, document: string): string {
  return `${scope}#postings#${document}`;
}

function blockKey({ scope, document, version, block }: Block): Item {
  return { pk: { S: blockPartition(scope, document) }, sk: { S: `${version}#${block}` } };
}

function toBlock(scope: Scope, document: string, item: Item): Block {
  return { scope, document, version: item['version']?.S ?? '', block: Number(item['block']?.N) };
}

/** Writes down the names of a block's rows. False if a later run has done so: this one is outdated. */
async function noteNames(
  client: DynamoDBClient,
  table: string,
  block: Block,
  { run, names }: { run: number; names: readonly RowName[] },
  signal: AbortSignal,
): Promise<boolean> {
  const command = new UpdateItemCommand({
    TableName: table,
    Key: blockKey(block),
    UpdateExpression: 'SET #run = :run, #names = :names, #version = :version, #block = :block',
    ConditionExpression: 'attribute_not_exists(#run) OR #run <= :run',
    ExpressionAttributeNames: { '#run': 'run', '#names': 'names', '#version': 'version', '#block': 'block' },
    ExpressionAttributeValues: {
      ':run': { N: String(run) },
      ':names': { B: packNames(names) },
      ':version': { S: block.version },
      ':block': { N: String(block.block) },
    },
  });
  return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
}

async function isNoted(
  client: DynamoDBClient,
  table: string,
  block: Block,
  signal: AbortSignal,
): Promise<boolean> {
  const command = new GetItemCommand({
    TableName: table,
    Key: blockKey(block),
    ProjectionExpression: 'pk',
    ConsistentRead: true,
  });
  return (await stored(signal, client.send(command, { abortSignal: signal }))).Item !== undefined;
}
