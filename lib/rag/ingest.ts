import { createHash } from 'node:crypto';
import { startDeadline } from '../async/deadline.ts';
import { mapBounded } from '../async/map-bounded.ts';
import { chunkBlocks, chunkerVersion, embeddedText, type Passage } from './chunking.ts';
import { RagError } from './errors.ts';
import type {
  CallOptions,
  ChunkStore,
  DocumentBucket,
  DocumentKey,
  DocumentStore,
  Embeddings,
  ObjectHead,
  Parser,
} from './ports.ts';
import { bury } from './retire.ts';
import type { Chunk, DocumentRecord, Scope } from './types.ts';

/** Texts of one embedding call, and calls under way at once. */
const batchSize = 32;
const batchesAtOnce = 4;

/** How often a document that changes under our hands is taken up anew before the event is left to be delivered again. */
const maxTurns = 5;

/** How long a final failure may take to be noted; the run's own time may be what is over. */
const verdictMs = 3_000;

/** The ports of ingestion. */
export interface IngestDependencies {
  bucket: DocumentBucket;
  documents: DocumentStore;
  chunks: ChunkStore;
  embeddings: Embeddings;
  parser: Parser;
  /** Bytes of the largest document. */
  maxBytes: number;
}

/** The signal of the invocation, and what is known of the delivery. */
export interface IngestOptions extends CallOptions {
  /** Which delivery of the event this is, from 1. */
  attempt: number;
  /** Whether a failure now is final. */
  isLastAttempt: boolean;
}

/** How a run ended: `unchanged` where what is served already agreed with the object. */
export type IngestOutcome = 'ready' | 'unchanged' | 'failed' | 'deleted';

/**
 * Makes what is stored agree with the object as it is now, whatever the event said: writes a new version beside the old
 * one and then puts it in service by one conditional update, or leaves a tombstone. Doing it again changes nothing. A
 * document that cannot be read ends as `failed` with its reason; what may succeed later is thrown.
 */
export type Ingest = (target: { scope: Scope; id: string }, options: IngestOptions) => Promise<IngestOutcome>;

/** Creates the ingestion over its ports. */
export function createIngest(deps: IngestDependencies): Ingest {
  return async (target, options) => {
    const key = { ...target, uri: deps.bucket.uri(target) };
    for (let turn = 1; turn <= maxTurns; turn += 1) {
      const record = await deps.documents.get(target, options);
      const head = await deps.bucket.head(target, options);
      const outcome = head
        ? await takeUp(deps, { key, head, record, revision: record?.revision ?? 0 }, options)
        : await remove(deps, key, record, options);
      if (outcome !== 'outdated') return outcome;
    }
    throw new RagError('conflict', 'The document kept changing while it was read.');
  };
}

/** One turn of work on one version. `revision` is the record's when the turn began: the lock of all it writes. */
interface Turn {
  key: DocumentKey;
  head: ObjectHead;
  record: DocumentRecord | undefined;
  revision: number;
}

async function remove(
  deps: IngestDependencies,
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
  deps: IngestDependencies,
  turn: Turn,
  options: IngestOptions,
): Promise<IngestOutcome | 'outdated'> {
  const { key, record, revision } = turn;
  const version = versionOf(turn.head, deps.embeddings);
  if (record?.state === 'ready' && record.version === version) {
    await sweepOthers(deps, key, version, revision, options);
    return 'unchanged';
  }
  try {
    return await writeVersion(deps, turn, version, options);
  } catch (error) {
    const reason = finalReason(error, options);
    if (!reason) throw error;
    const { code, message } = reason;
    using deadline = startDeadline(verdictMs);
    const { signal } = deadline;
    if (!(await deps.documents.reportFailure(key, revision, { code, message }, { signal })))
      return 'outdated';
    await sweepOthers(deps, key, record?.version, revision + 1, { signal });
    // What could have been done later goes to the dead letters; what could not is settled here.
    if (reason.retryable) throw error;
    return 'failed';
  }
}

async function writeVersion(
  deps: IngestDependencies,
  turn: Turn,
  version: string,
  options: IngestOptions,
): Promise<IngestOutcome | 'outdated'> {
  const { key, head, record, revision } = turn;
  if (record?.version === version) {
    // Put again unchanged: what is served is this already.
    const ready = { version, title: record.title, contentType: head.contentType, size: head.size };
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
  const read = await readPassages(deps, turn, options);
  if (!read) return 'outdated';
  const chunks = read.passages.map((passage) => ({
    ...passage,
    document: key.id,
    version,
    title: read.title,
  }));
  if (!(await writeChunks(deps, turn, chunks, options))) return 'outdated';
  const now = await deps.bucket.head(key, options);
  if (!now || versionOf(now, deps.embeddings) !== version) return 'outdated';
  const ready = { version, title: read.title, contentType: head.contentType, size: head.size };
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

/** Title and passages of the object, or undefined if it is no longer the one of this turn. */
async function readPassages(
  deps: IngestDependencies,
  { key, head }: Turn,
  options: CallOptions,
): Promise<{ title: string; passages: Passage[] } | undefined> {
  if (head.size > deps.maxBytes) {
    const limit = Math.floor(deps.maxBytes / 2 ** 20);
    throw new RagError('too_large', `The document is larger than ${limit} MB. Split it and put the parts.`);
  }
  const bytes = await deps.bucket.read({ ...key, version: head.version }, options);
  if (!bytes) return undefined;
  const parsed = await deps.parser.parse({ bytes, contentType: head.contentType }, options);
  const passages = chunkBlocks(parsed.blocks);
  if (passages.length === 0) throw new RagError('no_text', 'The document holds no text.');
  return { title: parsed.title ?? key.id, passages };
}

/** Embeds and writes in bounded parallel batches. False as soon as another run has moved the record on. */
async function writeChunks(
  deps: IngestDependencies,
  { key, revision }: Turn,
  chunks: readonly Chunk[],
  options: IngestOptions,
): Promise<boolean> {
  let chunksDone = 0;
  const report = () => {
    const work = {
      state: 'embedding',
      chunks: chunks.length,
      chunksDone,
      attempts: options.attempt,
    } as const;
    return deps.documents.reportWork(key, revision, work, options);
  };
  if (!(await report())) return false;
  const batches = Array.from({ length: Math.ceil(chunks.length / batchSize) }, (_, at) =>
    chunks.slice(at * batchSize, (at + 1) * batchSize),
  );
  const results = await mapBounded(
    batches,
    { limit: batchesAtOnce, signal: options.signal },
    async (batch, _, signal) => {
      const vectors = await deps.embeddings.embed(batch.map(embeddedText), { signal });
      const pairs = batch.map((chunk, at) => ({ chunk, vector: vectors[at] as Float32Array }));
      await deps.chunks.put({ scope: key.scope, revision }, pairs, { signal });
      chunksDone += batch.length;
      return report();
    },
  );
  return results.every(Boolean);
}

/** Removes what is not served any more; the record stands at `revision`. */
async function sweepOthers(
  deps: IngestDependencies,
  key: DocumentKey,
  keep: string | undefined,
  revision: number,
  options: CallOptions,
): Promise<void> {
  const target = { scope: key.scope, document: key.id, revision };
  await deps.chunks.sweep(keep === undefined ? target : { ...target, keep }, options);
}

/** Version of a document: it changes with its bytes, its type, how we cut it and what embeds it. */
function versionOf(head: ObjectHead, embeddings: Embeddings): string {
  const parts = [head.version, head.contentType, chunkerVersion, embeddings.model, embeddings.dimensions];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
}

/** The reason to show for a failure that is final; undefined for one that another delivery may heal. */
function finalReason(
  error: unknown,
  options: IngestOptions,
): { code: string; message: string; retryable: boolean } | undefined {
  const isOurs = error instanceof RagError;
  if (isOurs && !error.retryable && error.status < 500) {
    return { code: error.code, message: error.message, retryable: false };
  }
  if (!options.isLastAttempt) return undefined;
  if (options.signal.aborted) {
    const message = 'Reading the document took longer than it may. Split it and put the parts.';
    return { code: 'deadline', message, retryable: true };
  }
  const message = isOurs ? error.message : 'Something went wrong on our side.';
  return { code: isOurs ? error.code : 'internal', message, retryable: true };
}
