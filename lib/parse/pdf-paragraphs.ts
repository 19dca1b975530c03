import type { Line } from './pdf-lines.ts';

/** How much further apart than the page's lines two lines are when a paragraph ends between them. */
const gapFactor = 1.35;
/** Line distance of common type setting, in glyph sizes, for pages with too few lines to tell. */
const commonLeading = 1.3;
/** Change of glyph size that ends a paragraph: a heading above its text. */
const sizeFactor = 1.15;

/** Lines joined to paragraphs: by their distance, their size, and where the text jumps up to the next column. */
export function pageParagraphs(lines: readonly Line[]): string[] {
  const leading = usualDistance(lines);
  const paragraphs: string[] = [];
  let previous: Line | undefined;
  for (const line of lines) {
    const last = paragraphs.length - 1;
    if (!previous || endsBetween(previous, line, leading)) paragraphs.push(line.text);
    else paragraphs[last] = joinLines(paragraphs[last]!, line.text);
    previous = line;
  }
  return paragraphs;
}

function endsBetween(above: Line, below: Line, leading: number | undefined): boolean {
  const distance = above.baseline - below.baseline;
  const ratio = Math.max(above.size, below.size) / Math.max(Math.min(above.size, below.size), 0.1);
  if (distance < 0 || ratio > sizeFactor) return true;
  return distance > gapFactor * (leading ?? commonLeading * below.size);
}

/** Median distance of neighbouring lines, in points; undefined if there are too few. */
function usualDistance(lines: readonly Line[]): number | undefined {
  const distances = lines
    .slice(1)
    .map((line, index) => lines[index]!.baseline - line.baseline)
    .filter((distance) => distance > 0)
    .toSorted((a, b) => a - b);
  return distances.length < 6 ? undefined : distances[Math.floor(distances.length / 2)];
}

/** A word that was cut at the line's end becomes whole; a list's item starts a line of its own. */
function joinLines(text: string, line: string): string {
  if (/^(?:[•▪‣◦●–-]|\(?\d{1,3}[.)])\s/.test(line)) return `${text}\n${line}`;
  if (text.endsWith('\u00ad')) return text.slice(0, -1) + line;
  if (/\p{Ll}[-\u2010]$/u.test(text) && /^\p{Ll}/u.test(line)) return text.slice(0, -1) + line;
  // A hyphen before a capital or a figure is the word's own.
  return /\p{L}[-\u2010]$/u.test(text) ? text + line : `${text} ${line}`;
}
