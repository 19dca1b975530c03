import { chunkBlocks, chunkCharacters, embeddedText } from '../lib/rag/ingest/chunking.ts';
import type { Size } from '../lib/rag/ingest/cutting.ts';
import { placeKey } from '../lib/rag/retrieve/fusion.ts';
import type { Chunk } from '../lib/rag/types.ts';
import { printTable } from '../local/terminal/print-table.ts';
import { compare, meanOf, questionFigures, type QuestionFigures } from './chunks-figures.ts';
import { abstractSet, pagesSet, volumeSet, type ChunkSet, type WholeDocument } from './chunks-sets.ts';
import { encoderTokens, readTokenCounter, type CountTokens } from './chunks-tokens.ts';
import { openVectors, type Vectors } from './chunks-vectors.ts';
import { retrieveQueries } from './retrieve-queries.ts';
import { readScifact } from './scifact.ts';
import { loadDocuments, startStores, version } from './scifact-stores.ts';
import { watched } from './watched.ts';

/** The settings; each has room for a paragraph that is a fifth longer, as the default has. */
const sizes: Size[] = [
  { target: 400, max: 480 },
  { target: 700, max: 840 },
  chunkCharacters,
  { target: 1_500, max: 1_800 },
];

/** Abstracts of SciFact, the judged ones first: what can be embedded in about ten minutes. */
const abstracts = 160;

const vectorsFolder = new URL('../.eval-cache/', import.meta.url);

/**
 * Cuts three sets of documents at several sizes, writes the chunks into the local DynamoDB through the adapters that serve,
 * retrieves the questions as `POST /ask` does and prints what was found and what it costs. Resolves to the exit code: 2 if
 * the data is not here.
 */
export async function evaluateChunks(): Promise<number> {
  const scifact = await readScifact();
  if (!scifact) {
    print('Nothing was measured: ../shared/data/scifact, the SciFact data, is not on this machine.');
    return 2;
  }
  const countTokens = await readTokenCounter();
  const vectors = await openVectors(vectorsFolder);
  try {
    const sets = [await pagesSet(vectors), abstractSet(scifact, abstracts), volumeSet(scifact, abstracts)];
    await embedAll(sets, vectors);
    for (const set of sets) await printSet(set, vectors, countTokens);
    return 0;
  } finally {
    await vectors.close();
  }
}

/** Embeds what all sets are cut into, so that one line tells how far the long part of the work is. */
async function embedAll(sets: readonly ChunkSet[], vectors: Vectors): Promise<void> {
  const texts = sets.flatMap(({ documents }) =>
    sizes.flatMap((size) => cut(documents, size).map(embeddedText)),
  );
  await watched('Embedding', vectors.missing(texts), (onProgress) => vectors.of(texts, onProgress));
}

interface Measured {
  size: Size;
  chunks: readonly Chunk[];
  questions: readonly QuestionFigures[];
}

async function printSet(set: ChunkSet, vectors: Vectors, countTokens: CountTokens): Promise<void> {
  const measured: Measured[] = [];
  for (const size of sizes) measured.push(await measure(set, size, vectors));
  const usual = measured.find(({ size }) => size === chunkCharacters)!;
  printTable([
    [
      ...[set.name, 'chunks', 'tokens', `over ${encoderTokens}`, 'keyword', 'dense', 'fused', 'to default'],
      ...['in first 5', 'in 6,000', 'in context', 'its characters'],
    ],
    ...measured.map((one) => toRow(one, usual, countTokens)),
  ]);
  print('');
}

async function measure(set: ChunkSet, size: Size, vectors: Vectors): Promise<Measured> {
  const chunks = cut(set.documents, size);
  const known = await vectors.of(chunks.map(embeddedText), () => {});
  const pairs = chunks.map((chunk, index) => ({ chunk, vector: known[index]! }));
  const documents = Map.groupBy(pairs, ({ chunk }) => chunk.document);
  const stores = await startStores();
  try {
    await loadDocuments(
      stores,
      Array.from(documents, ([id, chunks]) => ({ id, chunks })),
      () => {},
    );
    const found = await watched(`Retrieving at ${size.target}`, set.questions.length, (onProgress) =>
      retrieveQueries(stores, set.questions, onProgress),
    );
    const places = new Map(chunks.map((chunk) => [placeKey(chunk), chunk]));
    return { size, chunks, questions: found.map((one) => questionFigures(set, places, one)) };
  } finally {
    await stores.close();
  }
}

function cut(documents: readonly WholeDocument[], size: Size): Chunk[] {
  return documents.flatMap(({ id, title, blocks }) =>
    chunkBlocks(blocks, size).map((passage) => ({ ...passage, document: id, version, title })),
  );
}

function toRow({ size, chunks, questions }: Measured, usual: Measured, countTokens: CountTokens): string[] {
  const tokens = chunks.map((chunk) => countTokens(embeddedText(chunk)));
  const mean = tokens.reduce((sum, count) => sum + count, 0) / tokens.length;
  const over = tokens.filter((count) => count > encoderTokens).length / tokens.length;
  const { difference, error } = compare(questions, usual.questions, 'fused');
  const figure = (name: keyof QuestionFigures) => meanOf(questions, name).toFixed(3);
  return [
    `${size.target} to ${size.max} characters`,
    String(chunks.length),
    mean.toFixed(0),
    `${(over * 100).toFixed(0)} %`,
    ...[figure('keyword'), figure('dense'), figure('fused')],
    size === usual.size ? '' : `${difference.toFixed(3)} ± ${error.toFixed(3)}`,
    ...[figure('inFirstFive'), figure('inEqualCharacters'), figure('inContext')],
    meanOf(questions, 'contextCharacters').toFixed(0),
  ];
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
