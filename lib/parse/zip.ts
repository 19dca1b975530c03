import { inflateRawSync } from 'node:zlib';
import type { RagError } from '../rag/errors.ts';
import { fromFailure, tooComplex, unreadable } from './failure.ts';

/** The files of a ZIP archive, unpacked one by one as they are asked for. */
export interface Zip {
  readonly names: ReadonlySet<string>;
  /** Throws RagError `too_complex` or `unreadable_document` if it will not unpack as the archive says. */
  read(name: string): Uint8Array;
}

interface Entry {
  method: number;
  packedBytes: number;
  bytes: number;
  /** Where its local header stands. */
  offset: number;
  encrypted: boolean;
}

/** Far above what documents have: a thousand files at most, which unpack to ten times their size. */
const limits = { entries: 10_000, bytes: 200_000_000, ratio: 200, ratioFromBytes: 10_000_000 } as const;

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const entryBytes = 46;
const localBytes = 30;

/**
 * Reads an archive's directory and refuses archives that would unpack to more than is allowed, before anything is
 * unpacked. Sizes that are lies are found out too: no file is unpacked beyond the size that was given for it. Throws
 * RagError `too_complex`, and `unreadable_document` for what is broken or no archive.
 */
export function openZip(bytes: Uint8Array): Zip {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = readDirectory(view);
  refuseBomb([...entries.values()]);
  return {
    names: new Set(entries.keys()),
    read(name) {
      const entry = entries.get(name);
      if (!entry) throw damaged();
      return unpack(view, entry);
    },
  };
}

function readDirectory(view: Buffer): Map<string, Entry> {
  const end = findEnd(view);
  const count = view.readUInt16LE(end + 10);
  if (count > limits.entries) throw fromFailure(tooComplex('it holds too many files'));
  const entries = new Map<string, Entry>();
  let at = view.readUInt32LE(end + 16);
  for (let index = 0; index < count; index += 1) {
    if (at + entryBytes > end || view.readUInt32LE(at) !== entrySignature) throw damaged();
    const nameBytes = view.readUInt16LE(at + 28);
    entries.set(view.toString('utf8', at + entryBytes, at + entryBytes + nameBytes), readEntry(view, at));
    at += entryBytes + nameBytes + view.readUInt16LE(at + 30) + view.readUInt16LE(at + 32);
  }
  return entries;
}

/** The record at the end, which a comment of up to 64 KiB may follow. */
function findEnd(view: Buffer): number {
  const last = view.length - endBytes;
  for (let at = last; at >= Math.max(0, last - 0xffff); at -= 1) {
    if (view.readUInt32LE(at) === endSignature) return at;
  }
  throw damaged();
}

function readEntry(view: Buffer, at: number): Entry {
  return {
    encrypted: (view.readUInt16LE(at + 8) & 1) !== 0,
    method: view.readUInt16LE(at + 10),
    packedBytes: view.readUInt32LE(at + 20),
    bytes: view.readUInt32LE(at + 24),
    offset: view.readUInt32LE(at + 42),
  };
}

function refuseBomb(entries: readonly Entry[]): void {
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const packedBytes = entries.reduce((sum, entry) => sum + entry.packedBytes, 0);
  const dense = bytes > limits.ratioFromBytes && bytes > packedBytes * limits.ratio;
  if (bytes > limits.bytes || dense) throw unpacksTooFar();
}

function unpack(view: Buffer, entry: Entry): Uint8Array {
  if (entry.encrypted || entry.offset + localBytes > view.length) throw damaged();
  const start =
    entry.offset + localBytes + view.readUInt16LE(entry.offset + 26) + view.readUInt16LE(entry.offset + 28);
  const packed = view.subarray(start, start + entry.packedBytes);
  if (entry.method === 0) return packed;
  if (entry.method !== 8) throw damaged();
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(entry.bytes, 1) });
  } catch (error) {
    const lied = error instanceof RangeError && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw lied ? unpacksTooFar() : damaged();
  }
}

function unpacksTooFar(): RagError {
  return fromFailure(tooComplex('it unpacks to far more than a document holds'));
}

function damaged(): RagError {
  return unreadable('The document is damaged and cannot be unpacked. Save it anew and put it again.');
}
