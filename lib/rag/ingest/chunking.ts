import { cutCode, cutProse, cutTable, type Piece, type Size } from './cutting.ts';
import type { Block, Passage } from '../ports/originals.ts';
import type { Chunk } from '../types.ts';

/** Belongs to a document's version: to be changed whenever parsing or chunking changes what comes out. */
export const chunkerVersion = '3';

/**
 * Characters of a chunk. Small encoders read 256 tokens, about 1,050 characters of English, and are blind to the rest,
 * so chunks aim below that; a paragraph a little longer stays whole, for its last sentence is worth less to the vector
 * than an uncut paragraph is to the reader. Other sizes are measured in docs/decisions/0013-chunk-size.md.
 */
export const chunkCharacters = { target: 1000, max: 1200 } as const;

/** Pieces below this share of the target cannot stand alone: a lead-in, a list's item, the rest of a cut paragraph. */
const smallShare = 0.25;

/**
 * Cuts a document along its structure: a chunk lies under one heading and on one page, so that its citation is right
 * from its first character to its last. Small neighbours come together, what is too long is cut at sentences or lines.
 * Headings are in a chunk's `headings` and not in its text, but for headings with nothing below them, which are text.
 */
export function chunkBlocks(blocks: readonly Block[], size: Size = chunkCharacters): Passage[] {
  const passages: Passage[] = [];
  let open: Passage | undefined;
  for (const [index, block] of blocks.entries()) {
    if (block.kind === 'heading' && isAbove(block, blocks[index + 1])) continue;
    const place = placeOf(block);
    for (const piece of cut(block, size)) {
      if (open && belongs(open, place) && fits(open, piece, size)) {
        open.text += separator(open.text, piece) + piece.text;
        continue;
      }
      open = { number: passages.length, text: piece.text, ...place };
      if (open.line !== undefined) open.line += piece.linesBefore;
      passages.push(open);
    }
  }
  return passages;
}

/**
 * What a chunk's vector is made of: its title and headings name what a passage is about, often in words that it does not
 * repeat itself.
 */
export function embeddedText(chunk: Pick<Chunk, 'title' | 'headings' | 'text'>): string {
  const path = [chunk.title, ...chunk.headings].filter(
    (name, index, all) => name && all.indexOf(name) === index,
  );
  return path.length === 0 ? chunk.text : `${path.join(' > ')}\n${chunk.text}`;
}

/** Whether the heading is in the path of what comes next, and so is not lost if it is no text of its own. */
function isAbove(heading: Block, next: Block | undefined): boolean {
  if (!next) return false;
  return heading.headings.every((name, index) => next.headings[index] === name);
}

type Place = Pick<Passage, 'headings' | 'page' | 'line'>;

/** A heading that is text stands under the headings above it. */
function placeOf(block: Block): Place {
  return {
    headings: block.kind === 'heading' ? block.headings.slice(0, -1) : block.headings,
    ...(block.page !== undefined && { page: block.page }),
    ...(block.line !== undefined && { line: block.line }),
  };
}

function cut(block: Block, size: Size): Piece[] {
  switch (block.kind) {
    case 'code':
      return cutCode(block.text, size);
    case 'table':
      return cutTable(block.text, size);
    default:
      return cutProse(block.text, size);
  }
}

function belongs(open: Passage, place: Place): boolean {
  if (open.page !== place.page || open.headings.length !== place.headings.length) return false;
  return open.headings.every((name, index) => place.headings[index] === name);
}

function fits(open: Passage, piece: Piece, size: Size): boolean {
  if (piece.startsChunk) return false;
  const together = open.text.length + piece.text.length + 2;
  if (together <= size.target) return true;
  const small = Math.min(open.text.length, piece.text.length) < smallShare * size.target;
  return small && together <= size.max;
}

/** Items of one list follow each other closely. */
function separator(above: string, piece: Piece): string {
  if (piece.joinedBy !== undefined) return piece.joinedBy;
  const item = /^(?:[-*•]|\d+\.) /;
  const lastBreak = above.lastIndexOf('\n\n');
  const last = above.slice(lastBreak === -1 ? 0 : lastBreak + 2);
  return item.test(piece.text) && item.test(last) ? '\n' : '\n\n';
}
