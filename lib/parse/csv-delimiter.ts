/** A table without what is no row of it. */
export interface Delimited {
  delimiter: string;
  body: string;
  /** Line of the source that the body starts on, from 1. */
  bodyLine: number;
}

/** In order of preference. */
const delimiters = [',', ';', '\t', '|'] as const;

/** What separates the cells: what the first line says in Excel's way (`sep=;`), else what it has most of. */
export function delimiterOf(source: string): Delimited {
  const said = /^sep=(.)\n/.exec(source);
  if (said) return { delimiter: said[1]!, body: source.slice(said[0].length), bodyLine: 2 };
  const firstLine = unquoted(source.trimStart().split('\n', 1)[0]!.slice(0, 10_000));
  const found = delimiters.map((delimiter) => firstLine.split(delimiter).length - 1);
  const delimiter = delimiters[found.indexOf(Math.max(...found))]!;
  return { delimiter, body: source, bodyLine: 1 };
}

function unquoted(line: string): string {
  return line.replace(/"[^"]*"/g, '');
}
