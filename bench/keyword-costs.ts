import { paginateScan, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createChunkStore } from '../lib/dynamodb/chunks.ts';
import { createKeywordIndex } from '../lib/dynamodb/postings.ts';
import { chunkIndexName } from '../lib/dynamodb/tables.ts';
import type { Scope } from '../lib/rag/types.ts';
import { printTable } from './figures.ts';
import type { createCorpus } from './keyword-corpus.ts';
import type { Meter } from './metered-dynamodb.ts';

/** List prices on demand in us-east-1, November 2026, in dollars. */
const price = {
  millionWriteUnits: 0.625,
  gigabyteMonth: 0.25,
  /** The vector index: written and kept. */
  indexGigabyteWritten: 0.52,
  indexGigabyteMonth: 0.25,
};

/** Chunks that are really written for each length of document; the figures are of one chunk, times all. */
const sampleChunks = 200;
const lengths = [10, 20, 40, 100];

/** DynamoDB bills so many bytes more for keeping an item. */
const overheadBytes = 100;

/** What chunks cost: units and bytes of one, dollars of all. */
export interface Cost {
  chunksInDocument: number;
  chunkWriteUnits: number;
  postingWriteUnits: number;
  replaceWriteUnits: number;
  bytes: number;
  indexBytes: number;
  ingestUsd: number;
  keepUsdMonth: number;
  replaceUsd: number;
}

interface Bench {
  client: DynamoDBClient;
  meter: Meter;
  table: string;
  corpus: ReturnType<typeof createCorpus>;
  embedding: { model: string; dimensions: number };
}

/** Ingests and replaces documents of several lengths through the adapters, and reads off what DynamoDB accounts for it. */
export async function measureCosts(bench: Bench, chunks: number): Promise<Cost[]> {
  const costs: Cost[] = [];
  for (const length of lengths) costs.push(await measureLength(bench, length, chunks));
  return costs;
}

async function measureLength(bench: Bench, length: number, chunks: number): Promise<Cost> {
  const { client, meter, table, corpus, embedding } = bench;
  const { signal } = new AbortController();
  const scope: Scope = `default/length-${length}`;
  const stores = {
    chunks: createChunkStore(client, { table, index: chunkIndexName(embedding) }),
    keywords: createKeywordIndex(client, table),
  };
  const units = async (work: () => Promise<void>) => {
    meter.reset();
    await work();
    return meter.writeUnits / sampleChunks;
  };
  const documents = Array.from({ length: sampleChunks / length }, (_, at) =>
    corpus.document(`handbook/part-${at}.md`, length),
  );
  const each = (work: (document: (typeof documents)[number]) => Promise<void>) => async () => {
    for (const document of documents) await work(document);
  };
  const putChunks = (version: string, revision: number) =>
    units(
      each(({ id, passages }) => {
        const pairs = passages.map((passage) => ({
          chunk: { ...passage, document: id, version },
          vector: toVector(bench),
        }));
        return stores.chunks.put({ scope, revision }, pairs, { signal });
      }),
    );
  const putPostings = (version: string, revision: number) =>
    units(
      each(({ id, passages }) =>
        stores.keywords.put({ scope, document: id, version, revision }, passages, { signal }),
      ),
    );
  const sweep = (keep: string, revision: number) =>
    units(
      each(async ({ id }) => {
        await stores.keywords.sweep({ scope, document: id, keep, revision }, { signal });
        await stores.chunks.sweep({ scope, document: id, keep, revision }, { signal });
      }),
    );
  const [old, next] = ['0123456789abcdef', 'fedcba9876543210'];
  const chunkWriteUnits = await putChunks(old, 0);
  const postingWriteUnits = await putPostings(old, 0);
  const { bytes, indexBytes } = await measureBytes(bench, scope);
  const again = (await putChunks(next, 1)) + (await putPostings(next, 1));
  const replaceWriteUnits = again + (await sweep(next, 2));
  const gigabytes = (each: number) => (each * chunks) / 1e9;
  const written = (units: number) => (units * chunks * price.millionWriteUnits) / 1e6;
  const indexUsd = gigabytes(indexBytes) * price.indexGigabyteWritten;
  return {
    chunksInDocument: length,
    ...{ chunkWriteUnits, postingWriteUnits, replaceWriteUnits, bytes, indexBytes },
    ingestUsd: written(chunkWriteUnits + postingWriteUnits) + indexUsd,
    keepUsdMonth: gigabytes(bytes) * price.gigabyteMonth + gigabytes(indexBytes) * price.indexGigabyteMonth,
    replaceUsd: written(replaceWriteUnits) + indexUsd,
  };
}

function toVector({ corpus, embedding }: Bench): Float32Array {
  const vector = Float32Array.from({ length: embedding.dimensions }, () => corpus.random() - 0.5);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

/** Bytes of a chunk with its postings in the table, and in the index: all that a chunk's item holds, at most. */
async function measureBytes(
  { client, table, embedding }: Bench,
  scope: Scope,
): Promise<{ bytes: number; indexBytes: number }> {
  let bytes = 0;
  let indexBytes = 0;
  const scan = { TableName: table, FilterExpression: 'begins_with(pk, :scope)' };
  const values = { ExpressionAttributeValues: { ':scope': { S: `${scope}#` } } };
  for await (const { Items = [] } of paginateScan({ client }, { ...scan, ...values })) {
    for (const item of Items) {
      const size = sizeOf({ M: item }) - 3;
      bytes += size + overheadBytes;
      if (item[chunkIndexName(embedding)]) indexBytes += size;
    }
  }
  return { bytes: bytes / sampleChunks, indexBytes: indexBytes / sampleChunks };
}

/** Bytes of a value as DynamoDB counts them. */
function sizeOf(value: AttributeValue): number {
  if (value.S !== undefined) return Buffer.byteLength(value.S);
  if (value.B !== undefined) return value.B.length;
  // About a byte for two digits, one for the exponent, one for a sign.
  if (value.N !== undefined) {
    const digits = value.N.replace(/e.*$/, '').replaceAll(/^[-0.]+|\./g, '').length;
    return Math.ceil(digits / 2) + 1 + (value.N.startsWith('-') ? 1 : 0);
  }
  if (value.L !== undefined) return value.L.reduce((sum, each) => sum + 1 + sizeOf(each), 3);
  if (value.M !== undefined) {
    return Object.entries(value.M).reduce(
      (sum, [name, each]) => sum + Buffer.byteLength(name) + sizeOf(each),
      3,
    );
  }
  return 1;
}

/** Prints what all chunks cost, for each length of document. */
export function printCosts(costs: readonly Cost[]): void {
  process.stdout.write('\n');
  printTable([
    ['chunks a document', ...costs.map(({ chunksInDocument }) => String(chunksInDocument))],
    ['write units a chunk', ...costs.map(({ chunkWriteUnits }) => chunkWriteUnits.toFixed(1))],
    ['and its postings', ...costs.map(({ postingWriteUnits }) => postingWriteUnits.toFixed(1))],
    ['replacing both', ...costs.map(({ replaceWriteUnits }) => replaceWriteUnits.toFixed(1))],
    ['bytes in the table', ...costs.map(({ bytes }) => bytes.toFixed(0))],
    ['bytes in the index', ...costs.map(({ indexBytes }) => indexBytes.toFixed(0))],
    ['$ to ingest all', ...costs.map(({ ingestUsd }) => ingestUsd.toFixed(2))],
    ['$ to keep all, a month', ...costs.map(({ keepUsdMonth }) => keepUsdMonth.toFixed(2))],
    ['$ to replace all', ...costs.map(({ replaceUsd }) => replaceUsd.toFixed(2))],
  ]);
}
