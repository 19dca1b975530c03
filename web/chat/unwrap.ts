/** Nobody wraps paragraphs narrower than this; lines of verses, addresses and commands are. In characters. */
const leastWidth = 60;

/** A wrapped line that lost characters since, as those of a link's address, still has this share of the longest one. */
const leastShare = 0.6;

/** What begins a line of its own: a point of a list, a heading, a quotation. */
const beginning = /^\s*(?:[*+-]|\d+[.)])\s|^[#>]/;

/** How lines of tables and of code look, as passages have them. */
const noProse = / \| |[{}\\]$/;

const sentenceEnd = /[.:!?…]["'”’»)\]*_]*$/;

/** Puts the lines of a paragraph together, where they were broken for want of width. All other lines stay. */
export function unwrap(text: string): string {
  return text
    .split('\n\n')
    .map((block) => partsOf(block.split('\n')).map(joined).join('\n'))
    .join('\n\n');
}

function partsOf(lines: readonly string[]): string[][] {
  const parts: string[][] = [];
  for (const line of lines) {
    const part = parts.at(-1);
    if (part === undefined || beginning.test(line)) parts.push([line]);
    else part.push(line);
  }
  return parts;
}

function joined(lines: readonly string[]): string {
  const [first = '', ...rest] = lines;
  const trimmed = [first.trimEnd(), ...rest.map((line) => line.trim())];
  const isCode =
    !beginning.test(first) && (rest.some((line) => /^\s/.test(line)) || lines.at(-1)?.endsWith(';'));
  const isProse = !isCode && !trimmed.some((line) => noProse.test(line)) && isWrapped(trimmed);
  return isProse ? trimmed.join(' ') : lines.join('\n');
}

/** Whether each line ends where the next word had no room, or nearly so in what ends like a sentence. */
function isWrapped(lines: readonly string[]): boolean {
  const width = Math.max(...lines.map(({ length }) => length));
  const share = sentenceEnd.test(lines.at(-1) ?? '') ? leastShare : 1;
  const isFull = (line: string, next: string) => line.length + 1 + next.split(' ', 1).join().length > width;
  return (
    width >= leastWidth &&
    lines.slice(1).every((next, index) => {
      const line = lines[index] ?? '';
      return isFull(line, next) || line.length >= share * width;
    })
  );
}
