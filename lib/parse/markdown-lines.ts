/** A source in which no line is longer than its reader can take. */
export interface ShortLines {
  text: string;
  /** The line of the source that a line of `text` comes from; both count from 1. */
  sourceLine(line: number): number;
}

/**
 * The patterns that Markdown is read by need stack for a paragraph's length: ten million characters without a line end
 * are more than there is. Nobody writes a tenth of this in a line; programs do.
 */
const longestLine = 20_000;

/** Files embedded in links and images, which are no text. */
const embedded = /data:[\w.+-]+\/[\w.+-]+;base64,[\w+/=%-]+/g;

/** Takes embedded files out and makes several paragraphs of a line that is too long to be one. */
export function shortLines(source: string): ShortLines {
  const text = source.replace(embedded, 'data:,');
  const lines = text.split('\n');
  if (!lines.some((line) => line.length > longestLine)) return { text, sourceLine: (line) => line };
  const short: string[] = [];
  const origins: number[] = [];
  for (const [index, line] of lines.entries()) {
    for (const piece of paragraphsOf(line)) {
      short.push(piece);
      origins.push(index + 1);
    }
  }
  return { text: short.join('\n'), sourceLine: (line) => origins[line - 1] ?? lines.length };
}

/** The parts of a line with empty lines between them; a line that is short enough is its only part. */
function paragraphsOf(line: string): string[] {
  const parts: string[] = [];
  let start = 0;
  while (line.length - start > longestLine) {
    const space = line.lastIndexOf(' ', start + longestLine);
    const end = space > start ? space : start + longestLine;
    parts.push(line.slice(start, end), '');
    start = end;
  }
  parts.push(line.slice(start));
  return parts;
}
