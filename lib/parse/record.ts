import type { Outline, Place } from './outline.ts';

/** A named value of a record: a cell under its column, a member under its path. */
export interface Field {
  name: string;
  value: string;
}

/**
 * Short enough to stay whole in a chunk. What is cut later has no line ends: they would be counted as the source's, and
 * a record may stand on one line of it.
 */
export const recordCharacters = 900;

/** A record as one block of `name: value` lines; a large one as several, long values cut out of it by paragraphs. */
export function addRecord(outline: Outline, fields: readonly Field[], place: Place): void {
  let lines: string[] = [];
  let characters = 0;
  const end = (): void => {
    outline.add('text', lines.join('\n'), place);
    lines = [];
    characters = 0;
  };
  for (const field of fields) {
    const line = fieldText(field);
    if (line === '') continue;
    if (characters + line.length > recordCharacters) end();
    if (line.length > recordCharacters) addParagraphs(outline, line, place);
    else {
      lines.push(line);
      characters += line.length + 1;
    }
  }
  end();
}

/** Text whose lines are not the source's own: a block for each. */
export function addParagraphs(outline: Outline, text: string, place: Place): void {
  for (const paragraph of text.split(/\s*\n\s*/)) outline.add('text', paragraph, place);
}

/** Empty for a field without a value. */
export function fieldText({ name, value }: Field): string {
  const said = value.trim();
  return said === '' || name === '' ? said : `${name}: ${said}`;
}
