import { createHash } from 'node:crypto';
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises';
import { dimensions, embeddingModel } from '../local/models/embeddings.ts';
import { createEncoder, type Encoder } from '../local/models/encoder.ts';

/** Texts embedded before their vectors are put on disk: little is lost by an interruption. */
const textsInBatch = 32;

const hashBytes = 32;
const vectorBytes = dimensions * Float16Array.BYTES_PER_ELEMENT;
const recordBytes = hashBytes + vectorBytes;

/** Vectors of texts by the laptop's own model. */
export interface Vectors {
  /** How many of the texts have to be embedded. */
  missing(texts: readonly string[]): number;
  /** One unit vector a text, in order; those that are not known yet are embedded, and kept. */
  of(texts: readonly string[], onProgress: (embedded: number) => void): Promise<Float32Array[]>;
  close(): Promise<void>;
}

/**
 * Opens the file of vectors in the folder: records of a text's SHA-256 and its vector in half floats, one after another, so
 * that an interrupted run loses the last record at most. For one process at a time.
 */
export async function openVectors(folder: URL): Promise<Vectors> {
  await mkdir(folder, { recursive: true });
  const file = new URL(`${embeddingModel}.f16`, folder);
  const known = await readRecords(file);
  let encoder: Encoder | undefined;
  const embed = async (texts: readonly string[]) => {
    encoder ??= createEncoder();
    const vectors = await encoder.encode(texts, { lane: 'batch', signal: new AbortController().signal });
    const records = vectors.map((vector, index) => toRecord(texts[index]!, vector));
    await appendFile(file, Buffer.concat(records));
    for (const record of records) known.set(...fromRecord(record));
  };
  const unknown = (texts: readonly string[]) => [...new Set(texts)].filter((text) => !known.has(keyOf(text)));
  return {
    missing: (texts) => unknown(texts).length,
    of: async (texts, onProgress) => {
      const missing = unknown(texts);
      for (let at = 0; at < missing.length; at += textsInBatch) {
        const batch = missing.slice(at, at + textsInBatch);
        await embed(batch);
        onProgress(at + batch.length);
      }
      return texts.map((text) => known.get(keyOf(text))!);
    },
    close: async () => encoder?.close(),
  };
}

/** What the file holds by `keyOf`; the rest of a record that was not written to its end is cut off. */
async function readRecords(file: URL): Promise<Map<string, Float32Array>> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const whole = bytes.length - (bytes.length % recordBytes);
  if (whole < bytes.length) await truncate(file, whole);
  const known = new Map<string, Float32Array>();
  for (let at = 0; at < whole; at += recordBytes) {
    known.set(...fromRecord(bytes.subarray(at, at + recordBytes)));
  }
  return known;
}

function keyOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function toRecord(text: string, vector: Float32Array): Buffer {
  return Buffer.concat([Buffer.from(keyOf(text), 'hex'), Buffer.from(Float16Array.from(vector).buffer)]);
}

function fromRecord(record: Buffer): [string, Float32Array] {
  const halves = new Float16Array(Uint8Array.from(record.subarray(hashBytes)).buffer);
  return [record.toString('hex', 0, hashBytes), Float32Array.from(halves)];
}
