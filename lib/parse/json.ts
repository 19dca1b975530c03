import type { ParsedDocument } from '../rag/ports/originals.ts';
import { unreadable } from './failure.ts';
import { addItem, addJson, nameOf } from './json-outline.ts';
import { linesOf } from './json-places.ts';
import type { Json } from './json-text.ts';
import { createOutline } from './outline.ts';

/** JSON, with the names that lead to a value as its headings, and the line that its object or list starts on. Throws RagError `unreadable_document`, `too_complex`. */
export function parseJson(source: string): ParsedDocument {
  const outline = createOutline();
  const value = read(source, (where) => notJson(source, where));
  addJson(value, { outline, lineOf: linesOf(source, value) }, 1, { line: 1 });
  const title = nameOf(value);
  return { ...(title && { title }), blocks: outline.blocks };
}

/** JSON Lines: a record on each line. Throws as `parseJson` does. */
export function parseJsonLines(source: string): ParsedDocument {
  const outline = createOutline();
  const target = { outline, lineOf: () => undefined };
  for (const [index, content] of source.split('\n').entries()) {
    const line = index + 1;
    if (content.trim() === '') continue;
    const record = read(content, () =>
      unreadable(`Line ${line} is not valid JSON. Correct it and put the document again.`),
    );
    addItem(record, undefined, target, 1, { line });
  }
  return { blocks: outline.blocks };
}

/** `failure` is told where it went wrong, as far as that is known: the engine's own message quotes the document. */
function read(source: string, failure: (where: string) => Error): Json {
  try {
    return JSON.parse(source) as Json;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw failure(/\(line \d+ column \d+\)$/.exec(error.message)?.[0] ?? '');
  }
}

function notJson(source: string, where: string): Error {
  if (startsWithRecord(source)) {
    return unreadable(
      'The document has a JSON value on each line. Put it again with the content type application/jsonl.',
    );
  }
  const place = where === '' ? '' : ` ${where}`;
  return unreadable(`The document is not valid JSON${place}. Correct it and put it again.`);
}

function startsWithRecord(source: string): boolean {
  const firstLine = source.trimStart().split('\n', 1)[0]!;
  try {
    return typeof JSON.parse(firstLine) === 'object';
  } catch {
    return false;
  }
}
