import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Posting } from '../rag/retrieve/bm25.ts';
import type { RowName } from './posting-rows.ts';

/** Postings as bytes: of each the passage's number, seven bits a byte, and its impact. */
export function pack(postings: readonly Posting[]): Uint8Array {
  const bytes: number[] = [];
  for (const { number, impact } of postings) {
    let rest = number;
    for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
    bytes.push(rest, impact);
  }
  return Uint8Array.from(bytes);
}

/** The postings that `pack` has packed. */
export function unpack(bytes: Uint8Array): Posting[] {
  const postings: Posting[] = [];
  let number = 0;
  let place = 1;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    number += (byte % 128) * place;
    place *= 128;
    if (byte >= 128) continue;
    at += 1;
    postings.push({ number, impact: bytes[at] ?? 0 });
    number = 0;
    place = 1;
  }
  return postings;
}

/** Names of a block's rows, a line each. Terms hold no spaces. */
export function packNames(names: readonly RowName[]): Uint8Array {
  return deflateRawSync(names.map(({ term, order, part }) => `${term} ${order} ${part}`).join('\n'));
}

/** The names that `packNames` has packed. */
export function unpackNames(bytes: Uint8Array): RowName[] {
  return inflateRawSync(bytes)
    .toString()
    .split('\n')
    .map((line) => {
      const [term = '', order = '', part = ''] = line.split(' ');
      return { term, order, part: Number(part) };
    });
}
