import { delay } from '../lib/async/delay.ts';
import { mapBounded } from '../lib/async/map-bounded.ts';
import type { DocumentStore } from '../lib/rag/ports/documents.ts';
import type { DocumentRecord } from '../lib/rag/types.ts';

const birds = 'Avocet Bittern Curlew Dunlin Egret Falcon Gannet Heron Ibis Jackdaw Kestrel Lapwing'.split(
  ' ',
);

/** The scope that the API asks in when a body names no collection. */
export const scope = 'default/main';

/** How often a record is read while a change is awaited, and how long it may take, in milliseconds. */
const pollMs = 5;
const changeLimitMs = 60_000;

/** How many of the changes of documents that are there are deletions. */
const deletedShare = 0.3;

/** Documents that state one fact each, `The code of Falcon is 6-3.`, the second number being their version. */
export interface ReplayDocuments {
  /** Puts all of them. */
  fill(): Promise<void>;
  /** Puts back one that is deleted, or edits or deletes one; resolves when that is what is served. */
  change(): Promise<void>;
  /** What to ask about: the one that was changed last, or any other. */
  subject(): string;
  changes: { edited: number; deleted: number; readded: number };
  /** Which of the versions that a text states were known, at the time, to be served no more. */
  staleIn(text: string, atMs: number): string[];
}

interface Bird {
  name: string;
  number: number;
  version: number;
  isDeleted: boolean;
}

/** The documents of a server, changed through its API and observed in its table by consistent reads. */
export function createReplayDocuments(url: string, store: DocumentStore): ReplayDocuments {
  const all = birds.map((name, number): Bird => ({ name, number, version: 0, isDeleted: true }));
  const codeOf = ({ number, version }: Bird) => `${number}-${version}`;
  /** When a code was seen to be replaced, by `performance.now()`: it was so at the latest then. */
  const replacedMs = new Map<string, number>();
  const changes = { edited: 0, deleted: 0, readded: 0 };
  /** Those that someone is changing. */
  const busy = new Set<Bird>();
  let last: Bird | undefined;

  const put = async (bird: Bird) => {
    const before = codeOf(bird);
    const known = await store.get(keyOf(bird), { signal: AbortSignal.timeout(changeLimitMs) });
    bird.version += 1;
    const body = `The code of ${bird.name} is ${codeOf(bird)}.\n`;
    await send(`${url}/documents/${idOf(bird)}`, 'PUT', body);
    await until(store, bird, ({ version }) => version !== undefined && version !== known?.version);
    if (!bird.isDeleted) replacedMs.set(before, performance.now());
    bird.isDeleted = false;
  };
  const remove = async (bird: Bird) => {
    await send(`${url}/documents/${idOf(bird)}`, 'DELETE');
    await until(store, bird, ({ state }) => state === 'deleted');
    replacedMs.set(codeOf(bird), performance.now());
    bird.isDeleted = true;
  };

  return {
    changes,
    fill: async () => {
      await mapBounded(all, { limit: 4, signal: AbortSignal.timeout(changeLimitMs) }, put);
    },
    change: async () => {
      const free = all.filter((bird) => !busy.has(bird));
      const bird = free.find(({ isDeleted }) => isDeleted) ?? anyOf(free);
      busy.add(bird);
      const what = bird.isDeleted ? 'readded' : Math.random() < deletedShare ? 'deleted' : 'edited';
      await (what === 'deleted' ? remove(bird) : put(bird));
      changes[what] += 1;
      last = bird;
      busy.delete(bird);
    },
    subject: () => (last && Math.random() < 0.5 ? last : anyOf(all)).name,
    staleIn: (text, atMs) =>
      (text.match(/\b\d+-\d+\b/g) ?? []).filter((code) => (replacedMs.get(code) ?? Infinity) < atMs),
  };
}

async function until(
  store: DocumentStore,
  bird: Bird,
  holds: (record: DocumentRecord) => boolean,
): Promise<void> {
  const signal = AbortSignal.timeout(changeLimitMs);
  let record: DocumentRecord | undefined;
  while (!signal.aborted) {
    record = await store.get(keyOf(bird), { signal });
    if (record && holds(record)) return;
    await delay(pollMs, { signal }).catch(() => {});
  }
  throw new Error(`The change of ${bird.name} took too long; its record: ${JSON.stringify(record)}`);
}

async function send(url: string, method: string, body?: string): Promise<void> {
  const response = await fetch(url, {
    method,
    ...(body !== undefined && { body, headers: { 'content-type': 'text/markdown' } }),
    signal: AbortSignal.timeout(changeLimitMs),
  });
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`);
  await response.body?.cancel();
}

function idOf({ name }: Bird): string {
  return `${name.toLowerCase()}.md`;
}

function keyOf(bird: Bird): { scope: typeof scope; id: string } {
  return { scope, id: idOf(bird) };
}

function anyOf<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T;
}
