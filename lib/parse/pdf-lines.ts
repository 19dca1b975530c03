/** A run of glyphs as the PDF places it: `transform` is its text matrix, in points from the page's lower left. */
export interface TextRun {
  str: string;
  transform: readonly number[];
  hasEOL: boolean;
}

/** A line of a page. */
export interface Line {
  text: string;
  /** Baseline, in points from the page's lower edge. */
  baseline: number;
  /** Size of its largest glyphs, in points. */
  size: number;
}

/** The runs of a page as lines, in the order in which the page draws them. */
export function pageLines(runs: readonly TextRun[]): Line[] {
  const lines: Line[] = [];
  let current: Line | undefined;
  for (const run of runs) {
    const size = Math.hypot(run.transform[2] ?? 0, run.transform[3] ?? 0);
    if (run.str.trim() !== '' && current?.text.trim() === '') current = undefined;
    current ??= { text: '', baseline: run.transform[5] ?? 0, size };
    current.text += run.str;
    current.size = Math.max(current.size, size);
    if (!run.hasEOL) continue;
    lines.push(current);
    current = undefined;
  }
  if (current) lines.push(current);
  return lines.map((line) => ({ ...line, text: printable(line.text) })).filter((line) => line.text !== '');
}

/** Without control characters, which glyphs that a font cannot name become, and with single spaces. */
function printable(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Co}]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}
