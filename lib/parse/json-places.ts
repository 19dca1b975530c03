import { isCompound, type Json } from './json-text.ts';

/** The line, from 1, that an object or a list starts on; undefined for what is neither. */
export type LineOf = (value: Json) => number | undefined;

/** A value that is open where the text is being read; `slot` is the member or the item that comes next. */
interface Open {
  value: Json | undefined;
  slot: string | number;
}

/**
 * Goes once through a text that `JSON.parse` has made `root` of, to tell where its values stand; the engine does not. Of
 * members of one name the last counts, as it does for the engine.
 */
export function linesOf(source: string, root: Json): LineOf {
  // What stands on one line need not be looked for.
  if (!source.includes('\n')) return (value) => (isCompound(value) ? 1 : undefined);
  const lines = new Map<Json, number>();
  const above: Open[] = [];
  let open: Open = { value: [root], slot: 0 };
  let line = 1;
  let name = '';
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (character === '\n') line += 1;
    else if (character === '"') {
      const end = endOfString(source, at);
      name = source.slice(at, end + 1);
      at = end;
    } else if (character === ':') open.slot = JSON.parse(name) as string;
    else if (character === ',' && typeof open.slot === 'number') open.slot += 1;
    else if (character === '{' || character === '[') {
      const value = inSlot(open);
      if (value !== undefined && isCompound(value)) lines.set(value, line);
      above.push(open);
      open = { value, slot: character === '[' ? 0 : '' };
    } else if (character === '}' || character === ']') open = above.pop() ?? open;
  }
  return (value) => lines.get(value);
}

function inSlot({ value, slot }: Open): Json | undefined {
  if (value === undefined || !isCompound(value) || !Object.hasOwn(value, slot)) return undefined;
  return (value as Record<string | number, Json>)[slot];
}

/** Position of the quotation mark that ends the string which starts here: one behind an even number of backslashes. */
function endOfString(source: string, start: number): number {
  for (let end = source.indexOf('"', start + 1); end !== -1; end = source.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (source[end - 1 - backslashes] === '\\') backslashes += 1;
    if (backslashes % 2 === 0) return end;
  }
  return source.length;
}
