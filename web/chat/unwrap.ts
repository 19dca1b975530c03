/** Nobody wraps paragraphs narrower than this; lines of verses, addresses and commands are. In characters. */
const leastWidth = 60;

/** What begins a line of its own: a point of a list, a heading, a quotation. */
const beginning = /^\s*(?:[*+-]|\d+[.)])\s|^[#>]/;

/** How lines of tables and of code look, as passages have them. */
const noProse = / \| |[;{}\\]$/;

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
  // Points of a list have their further lines indented; else that is code.
  const isIndented = !beginning.test(first) && rest.some((line) => /^\s/.test(line));
  const isProse = !isIndented && !trimmed.some((line) => noProse.test(line)) && isFilled(trimmed);
  return isProse ? trimmed.join(' ') : lines.join('\n');
}

/** Whether each line ends where the next word had no room. */
function isFilled(lines: readonly string[]): boolean {
  const width = Math.max(...lines.map(({ length }) => length));
  return (
    width >= leastWidth &&
    lines.every((line, index) => {
      const [word = ''] = lines[index + 1]?.split(' ', 1) ?? [];
      return index === lines.length - 1 || line.length + 1 + word.length > width;
    })
  );
}
