/** A part of a block that fits into a chunk. */
export interface Piece {
  text: string;
  /** Lines of the block above the piece. */
  linesBefore: number;
  /** What stood between the piece and the one before it; absent for a block's first piece. */
  joinedBy?: string;
  /** The piece repeats what makes it readable alone, and is not to be joined to the one before it. */
  startsChunk?: boolean;
}

/** Characters: pieces are at most `max` long, and where a block has to be cut, at most `target` if it has a place there. */
export interface Size {
  target: number;
  max: number;
}

/** Where to cut: a position in the window, or 0 if it has no place to. */
type FindCut = (window: string, target: number) => number;

/** Cuts running text between sentences, else between words, else anywhere. Takes time linear in the text's length. */
export function cutProse(text: string, size: Size): Piece[] {
  return cutAlong(text, size, afterSentence, ' ');
}

/** Cuts code between lines, else between words, else anywhere. */
export function cutCode(text: string, size: Size): Piece[] {
  return cutAlong(text, size, afterLine, '\n');
}

/** Cuts a table between rows and repeats its first line, the header, above each part. */
export function cutTable(text: string, size: Size): Piece[] {
  const headerEnd = text.indexOf('\n');
  // A header that leaves little room for rows is not repeated.
  if (text.length <= size.max || headerEnd === -1 || headerEnd > size.target / 3) return cutCode(text, size);
  const header = text.slice(0, headerEnd);
  const room = { target: size.target - headerEnd - 1, max: size.max - headerEnd - 1 };
  return cutCode(text.slice(headerEnd + 1), room).map((piece, index) => ({
    text: `${header}\n${piece.text}`,
    // Header and delimiter row, which the source has above the rows.
    linesBefore: index === 0 ? 0 : piece.linesBefore + 2,
    ...(index > 0 && { startsChunk: true }),
  }));
}

function cutAlong(text: string, size: Size, find: FindCut, joinedBy: string): Piece[] {
  const pieces: Piece[] = [];
  let start = 0;
  let lines = 0;
  while (start < text.length) {
    const end = text.length - start <= size.max ? text.length : start + cutOf(text, start, size, find);
    const part = text.slice(start, end);
    const trimmed = trimLineEnds(part);
    if (trimmed.text !== '') {
      const linesBefore = lines + trimmed.linesBefore;
      pieces.push({ text: trimmed.text, linesBefore, ...(pieces.length > 0 && { joinedBy }) });
    }
    lines += count(part, '\n');
    start = end;
  }
  return pieces;
}

function cutOf(text: string, start: number, size: Size, find: FindCut): number {
  const window = text.slice(start, start + size.max);
  const cut = find(window, size.target) || afterSpace(window, size.target) || size.target;
  // Half a surrogate pair is no character: both halves go to the next piece.
  return /[\uD800-\uDBFF]/.test(window[cut - 1]!) ? Math.max(cut - 1, 1) : cut;
}

/** A fixed locale, so that every machine cuts alike; the rules it adds to the common ones are few. */
const sentences = new Intl.Segmenter('en', { granularity: 'sentence' });

function afterSentence(window: string, target: number): number {
  const ends: number[] = [];
  // A line end inside a paragraph is where the editor wrapped, not where a sentence ends.
  for (const { index } of sentences.segment(window.replaceAll('\n', ' '))) ends.push(index);
  return bestCut(ends, target);
}

function afterLine(window: string, target: number): number {
  const ends: number[] = [];
  for (let at = window.indexOf('\n'); at !== -1; at = window.indexOf('\n', at + 1)) ends.push(at + 1);
  return bestCut(ends, target);
}

function afterSpace(window: string, target: number): number {
  for (let at = target; at > target / 2; at -= 1) {
    if (/\s/.test(window[at - 1]!)) return at;
  }
  return 0;
}

/** The last of the places up to the target, or the first behind it; none that leaves only a scrap. */
function bestCut(places: readonly number[], target: number): number {
  const good = places.filter((place) => place >= target / 4);
  return good.findLast((place) => place <= target) ?? good[0] ?? 0;
}

/** Without spaces at the end and empty lines at the start; the first line keeps its indentation. */
function trimLineEnds(part: string): { text: string; linesBefore: number } {
  const text = part.trimEnd();
  const content = text.search(/\S/);
  const lineStart = content === -1 ? 0 : text.lastIndexOf('\n', content) + 1;
  return { text: text.slice(lineStart), linesBefore: count(text.slice(0, lineStart), '\n') };
}

function count(text: string, character: string): number {
  let found = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) found += 1;
  return found;
}
