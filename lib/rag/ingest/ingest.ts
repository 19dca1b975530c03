import { createHash } from 'node:crypto';
import { startDeadline } from '../../async/deadline.ts';
import { mapBounded } from '../../async/map-bounded.ts';
import { createLanes, type Lanes } from '../../async/lanes.ts';
import { chunkerVersion } from './chunking.ts';
import { RagError, type ErrorCode } from '../errors.ts';
import {
  batchesInProcess,
  isWithinOne,
  writeChunks,
  type ChunkDependencies,
  type ChunkOptions,
} from './ingest-chunks.ts';
import type { CallOptions } from '../ports/call.ts';
import type { DocumentBucket, DocumentEvents, ObjectHead, Parser, Passage } from '../ports/originals.ts';
import type { DocumentKey } from '../ports/documents.ts';
import type { KeywordIndex } from '../ports/knowledge.ts';
import { readMetadata, toFilterable } from './metadata.ts';
import { bury } from './retire.ts';
import { hashed, planChunks } from './reuse.ts';
import { tokeniserVersion } from '../retrieve/terms.ts';
import type { Chunk, DocumentRecord, Filterable, Scope } from '../types.ts';
import { finalReason } from './verdict.ts';

/** How often a document that changes under our hands is taken up anew before the event is left to be delivered again. */
const maxTurns = 5;

/** How long a final failure may take to be noted; the run's own time may be what is over. */
const verdictMs = 3_000;

/** The ports of ingestion. */
export interface IngestDependencies extends Omit<ChunkDependencies, 'batches'> {
  bucket: DocumentBucket;
  events: DocumentEvents;
  keywords: KeywordIndex;
  parser: Parser;
  /** Bytes of the largest document. */
  maxBytes: number;
}

/** What is known of the delivery; `attempt` is which one of the event this is, from 1. */
export interface IngestOptions extends ChunkOptions {
  /** How often the document is tried: a failure of the last try is final, and a delivery after it only ends the document. */
  tries: number;
}

/** How a run ended: `unchanged` where what is served already agreed with the object, `continued` where another goes on. */
export type IngestOutcome = 'ready' | 'continued' | 'unchanged' | 'failed' | 'deleted';

/**
 * Makes what is stored agree with the object as it is now, whatever the event said: writes a new version beside the old
 * one and then puts it in service by one conditional update, or leaves a tombstone. Doing it again changes nothing, and what
 * was done before is not done again. A document that cannot be read ends as `failed` with its reason; what may succeed
 * later is thrown; with what is too much for one delivery the event is sent anew (`continued`). A delivery after
 * the last try throws what the document failed for, `interrupted` if nobody was left to say: it is at work no longer.
 */
export type Ingest = (target: { scope: Scope; id: string }, options: IngestOptions) => Promise<IngestOutcome>;

/** Creates the ingestion over its ports. */
export function createIngest(ports: IngestDependencies): Ingest {
  const deps = { ...ports, reading: createLanes(1), batches: createLanes(batchesInProcess) };
  return async (target, options) => {
    const key = { ...target, uri: deps.bucket.uri(target) };
    if (options.attempt > options.tries) return await giveUp(deps, key, interrupted(), options);
    for (let turn = 1; turn <= maxTurns; turn += 1) {
      const record = await deps.documents.get(target, options);
      const head = await deps.bucket.head(target, options);
      const outcome = head
        ? await takeUp(deps, { key, head, record, revision: record?.revision ?? 0 }, options)
        : await remove(deps, key, record, options);
      if (outcome !== 'outdated') return outcome;
    }
    const error = new RagError('conflict', 'The document kept changing while it was read.');
    return await giveUp(deps, key, error, options);
  };
}

interface Dependencies extends IngestDependencies, ChunkDependencies {
  /** A document and what is made of it may take most of the memory there is, so they are read one at a time. */
  reading: Lanes;
}

/** One turn of work on one version. `revision` is the record's when the turn began: the lock of all it writes. */
interface Turn {
  key: DocumentKey;
  head: ObjectHead;
  record: DocumentRecord | undefined;
  revision: number;
}

async function remove(
  deps: Dependencies,
  key: DocumentKey,
  record: DocumentRecord | undefined,
  options: IngestOptions,
): Promise<IngestOutcome | 'outdated'> {
  if (!record) return 'deleted';
  const revision = await bury(deps.documents, key, record, options);
  if (revision === undefined) return 'outdated';
  await sweepOthers(deps, key, undefined, revision, options);
  return 'deleted';
}

async function takeUp(
  deps: Dependencies,
  turn: Turn,
  options: IngestOptions,
): Promise<IngestOutcome | 'outdated'> {
  const { key, record, revision } = turn;
  const version = versionOf(turn.head);
  if (record?.state === 'ready' && record.version === version) {
    await sweepOthers(deps, key, version, revision, options);
    return 'unchanged';
  }
  try {
    return await writeVersion(deps, turn, version, options);
  } catch (error) {
    return await settle(deps, turn, error, options);
  }
}

/** Notes a failure that is final. What could have been done later is thrown all the same: it goes to the dead letters. */
async function settle(
  deps: Dependencies,
  { key, record, revision }: Omit<Turn, 'head'>,
  error: unknown,
  options: IngestOptions,
): Promise<IngestOutcome | 'outdated'> {
  const reason = finalReason(error, options);
  if (!reason) throw error;
  const { code, message, retryable } = reason;
  using deadline = startDeadline(verdictMs);
  const { signal } = deadline;
  if (!(await deps.documents.reportFailure(key, revision, { code, message }, { signal }))) return 'outdated';
  await sweepOthers(deps, key, record?.version, revision + 1, { signal });
  if (retryable) throw error;
  return 'failed';
}

/** Ends an event that comes to nothing. What has come to rest meanwhile is not the worse for it. */
async function giveUp(
  deps: Dependencies,
  key: DocumentKey,
  error: RagError,
  options: IngestOptions,
): Promise<never> {
  const record = await deps.documents.get(key, options);
  if (record?.reason) throw new RagError(record.reason.code as ErrorCode, record.reason.message);
  const isAtRest = !record || record.state === 'ready' || record.state === 'deleted';
  if (!isAtRest) await settle(deps, { key, record, revision: record.revision }, error, options);
  throw error;
}

/** The failure of a document that nobody was left to tell of: the process was ended each time, most likely by its memory. */
function interrupted(): RagError {
  const why = 'it, or one that was read beside it, takes more memory or time than there is';
  return new RagError('interrupted', `Reading the document was broken off each time it was tried: ${why}.`);
}

async function writeVersion(
  deps: Dependencies,
  turn: Turn,
  version: string,
  options: IngestOptions,
): Promise<IngestOutcome | 'outdated'> {
  const { key, head, record, revision } = turn;
  if (record?.version === version) {
    // Put again unchanged: what is served is this already.
    const ready = { version, title: record.title, ...originalOf(head) };
    const done = await deps.documents.makeCurrent(
      key,
      revision,
      { ...ready, chunks: record.chunks },
      options,
    );
    if (!done) return 'outdated';
    await sweepOthers(deps, key, version, revision + 1, options);
    return 'unchanged';
  }
  const work = { state: 'parsing', chunks: 0, chunksDone: 0, attempts: options.attempt } as const;
  if (!(await deps.documents.reportWork(key, revision, work, options))) return 'outdated';
  const read = await deps.reading(options.signal, () => readPassages(deps, turn, options));
  if (!read) return 'outdated';
  const chunks = read.passages.map((passage) => ({
    ...passage,
    document: key.id,
    version,
    title: read.title,
    ...(read.metadata && { metadata: read.metadata }),
  }));
  const written = await writePassages(deps, turn, { version, chunks }, options);
  if (written === 'outdated') return 'outdated';
  if (written === 'part') {
    await deps.events.replay(key, options);
    return 'continued';
  }
  const now = await deps.bucket.head(key, options);
  if (!now || versionOf(now) !== version) return 'outdated';
  const ready = { version, title: read.title, ...originalOf(head) };
  const isCurrent = await deps.documents.makeCurrent(
    key,
    revision,
    { ...ready, chunks: chunks.length },
    options,
  );
  if (!isCurrent) return 'outdated';
  await sweepOthers(deps, key, version, revision + 1, options);
  return 'ready';
}

/** Title, passages and metadata of the object, or undefined if it is no longer the one of this turn. */
async function readPassages(
  deps: Dependencies,
  { key, head }: Turn,
  options: CallOptions,
): Promise<{ title: string; passages: Passage[]; metadata: Filterable | undefined } | undefined> {
  const metadata = readMetadata(head.attributes);
  if (head.size > deps.maxBytes) {
    const limit = Math.floor(deps.maxBytes / 2 ** 20);
    throw new RagError('too_large', `The document is larger than ${limit} MB. Split it and put the parts.`);
  }
  const bytes = await deps.bucket.read({ ...key, version: head.version }, options);
  if (!bytes) return undefined;
  const cut = await deps.parser.parse({ bytes, contentType: head.contentType }, options);
  if (cut.passages.length === 0) throw new RagError('no_text', 'The document holds no text.');
  const title = metadata?.title ?? cut.title ?? key.id;
  return { title, passages: cut.passages, metadata: toFilterable(metadata) };
}

/**
 * Makes passages be found by meaning and by words. Words need no embedding and are written beside it, all of them by the
 * delivery that comes to the end.
 */
async function writePassages(
  deps: Dependencies,
  { key, revision }: Turn,
  { version, chunks }: { version: string; chunks: readonly Chunk[] },
  options: IngestOptions,
): Promise<'whole' | 'part' | 'outdated'> {
  const { scope, id: document } = key;
  const stored = await deps.chunks.written({ scope, document }, options);
  const plan = await planChunks(await hashed(chunks), stored, revision);
  const embed = (signal: AbortSignal) => writeChunks(deps, { key, revision }, plan, { ...options, signal });
  const index = async (signal: AbortSignal) => {
    await deps.keywords.put({ scope, document, version, revision }, chunks, { signal });
    return 'whole' as const;
  };
  const writes = isWithinOne(plan) ? [embed, index] : [embed];
  const { signal } = options;
  const [outcome] = await mapBounded(writes, { limit: 2, signal }, (write, _, signal) => write(signal));
  return outcome!;
}

/** Removes what is not served any more; the record stands at `revision`. */
async function sweepOthers(
  deps: Dependencies,
  key: DocumentKey,
  keep: string | undefined,
  revision: number,
  options: CallOptions,
): Promise<void> {
  const target = { scope: key.scope, document: key.id, revision, ...(keep !== undefined && { keep }) };
  const stores = [deps.keywords, deps.chunks];
  const { signal } = options;
  await mapBounded(stores, { limit: 2, signal }, (store, _, signal) => store.sweep(target, { signal }));
}

/** What a record tells of the object that is served. */
function originalOf({ contentType, size, version, attributes }: ObjectHead) {
  const metadata = readMetadata(attributes);
  return { contentType, size, etag: version, ...(metadata && { metadata }) };
}

/**
 * Version of a document: it changes with its bytes, its type, its metadata and how we cut and word it. What embeds it is no
 * part of it: another model adds vectors to the same chunks.
 */
function versionOf(head: ObjectHead): string {
  const parts = [head.version, head.contentType, head.attributes, chunkerVersion, tokeniserVersion];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}
