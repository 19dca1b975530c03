/** Rows as lines of cells between bars; the first line is the header. Empty rows are left out. */
export function tableText(rows: readonly (readonly string[])[]): string {
  return rows
    .filter((cells) => cells.some((cell) => cell !== ''))
    .map((cells) => cells.join(' | '))
    .join('\n');
}
