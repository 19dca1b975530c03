import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { printTable } from '../local/terminal/print-table.ts';
import { fusionRows } from './fusions.ts';
import { depths, retrieveQueries, type Retrieved } from './retrieve-queries.ts';
import { toFigures, toRow, type Figures } from './retrieval-figures.ts';
import { readScifact, subsetOf } from './scifact.ts';
import { loadDocuments, startStores, toDocument } from './scifact-stores.ts';
import { watched } from './watched.ts';

/** Documents of the subset that every change is measured on. */
const gateDocuments = 600;

const floorsFile = new URL('retrieval-floors.json', import.meta.url);
const figuresSchema = z.record(z.string(), z.number());
const floorsSchema = z.object({ gate: figuresSchema, all: figuresSchema });

export interface RetrievalOptions {
  /** So many documents of the corpus; all if left out. */
  limit?: number;
  /** Whether to take the subset of the gate. */
  gate: boolean;
  /** Whether to print other ways of fusion too. */
  compare: boolean;
}

/**
 * Loads SciFact into the local DynamoDB through the adapters that serve, retrieves its queries as `POST /ask` does and
 * prints how good the order is. Resolves to the exit code: 1 below a recorded floor, 2 if the data is not here.
 */
export async function evaluateRetrieval({ limit, gate, compare }: RetrievalOptions): Promise<number> {
  const data = await readScifact();
  if (!data) {
    print(
      'Nothing was measured: ../shared/data/scifact, the SciFact data with its vectors, is not on this machine.',
    );
    return 2;
  }
  const { documents, queries } = subsetOf(data, gate ? gateDocuments : (limit ?? data.documents.length));
  const stores = await startStores();
  try {
    const startMs = performance.now();
    await watched('Loading', documents.length, (onProgress) =>
      loadDocuments(stores, documents.map(toDocument), onProgress),
    );
    const seconds = ((performance.now() - startMs) / 1_000).toFixed(0);
    const retrieved = await watched('Retrieving', queries.length, (onProgress) =>
      retrieveQueries(stores, queries, onProgress),
    );
    print(`SciFact: ${documents.length} documents, loaded in ${seconds} s; ${queries.length} queries.\n`);
    printFigures(retrieved, compare);
    const isWhole = documents.length === data.documents.length;
    return await checkFloors(toFigures(retrieved), gate ? 'gate' : isWhole ? 'all' : undefined);
  } finally {
    await stores.close();
  }
}

function printFigures(retrieved: readonly Retrieved[], compare: boolean): void {
  const of = (way: 'keyword' | 'dense' | 'fused' | 'served') => (one: Retrieved) => one[way];
  printTable([
    ['', 'nDCG@10', 'recall@100', 'nDCG@10, even ids', 'odd ids'],
    toRow('keyword', retrieved, of('keyword')),
    toRow('dense', retrieved, of('dense')),
    toRow(`fused, ${depths.all} candidates of each`, retrieved, of('fused')),
    toRow(`fused, ${depths.served} candidates of each, as served`, retrieved, of('served')),
    ...(compare ? fusionRows(retrieved) : []),
  ]);
}

/** Prints the figures and whether they reach the floors of that name. */
async function checkFloors(figures: Figures, name: 'gate' | 'all' | undefined): Promise<number> {
  const recorded = floorsSchema.parse(JSON.parse(await readFile(floorsFile, 'utf8')));
  const floors = name ? recorded[name] : {};
  const words = Object.entries(figures).map(([figure, value]) => {
    const floor = floors[figure];
    return `${figure}=${value.toFixed(4)}${floor === undefined ? '' : ` (floor ${floor})`}`;
  });
  const isGood = Object.entries(floors).every(([figure, floor]) => (figures[figure] ?? 0) >= floor);
  const verdict = name ? (isGood ? ' ok' : ' TOO LOW') : '';
  print(`\nretrieval ${words.join(' ')}${verdict}`);
  return isGood ? 0 : 1;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
