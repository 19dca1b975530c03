import type { DynamoDBClient, WriteRequest } from '@aws-sdk/client-dynamodb';
import { everyPassage, rowKey, toItem, toRows } from '../lib/dynamodb/posting-rows.ts';
import { writeAll } from '../lib/dynamodb/writes.ts';
import { postingsOf } from '../lib/rag/retrieve/bm25.ts';
import { questionTerms } from '../lib/rag/retrieve/terms.ts';
import type { Scope } from '../lib/rag/types.ts';
import type { createCorpus } from './keyword-corpus.ts';

const version = '0123456789abcdef';
const chunksInDocument = 20;

/** Rows held back until they are written together. */
const rowsAtOnce = 20_000;

/**
 * Writes the rows of every chunk for the terms that will be asked for; the rows of other terms lie in partitions that no
 * question reads, and 4 million of them would not fit the emulator.
 */
export async function loadPostings(
  { client, table, scope }: { client: DynamoDBClient; table: string; scope: Scope },
  corpus: ReturnType<typeof createCorpus>,
  chunks: number,
  asked: ReadonlySet<string>,
): Promise<number> {
  const { signal } = new AbortController();
  const terms = new Set(Array.from(asked).flatMap(questionTerms));
  let writes: WriteRequest[] = [];
  let rows = 0;
  const flush = async () => {
    await writeAll(client, { table, writes }, signal);
    rows += writes.length;
    writes = [];
  };
  for (let at = 0; at < chunks; at += chunksInDocument) {
    const count = Math.min(chunksInDocument, chunks - at);
    const { id, passages } = corpus.document(`handbook/part-${at}.md`, count);
    const postings = await postingsOf(passages, signal);
    postings.set(
      everyPassage,
      passages.map(({ number }) => ({ number, impact: 1 })),
    );
    const block = { scope, document: id, version, block: 0 };
    for (const [term, list] of postings) {
      if (term !== everyPassage && !terms.has(term)) continue;
      for (const row of toRows(term, list)) {
        writes.push({ PutRequest: { Item: toItem(rowKey(block, row.name), row.postings, 0) } });
      }
    }
    if (writes.length >= rowsAtOnce) await flush();
  }
  await flush();
  return rows;
}
