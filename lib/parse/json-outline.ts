import { checkDepth, flatten, isCompound, scalarText, type Json } from './json-text.ts';
import type { Outline, Place } from './outline.ts';
import { addRecord, recordCharacters } from './record.ts';

/**
 * A value that fits into a chunk is one block; a larger one is taken apart, its members under their names and the
 * large items of its lists under theirs.
 */
export function addJson(value: Json, outline: Outline, level: number, place: Place): void {
  checkDepth(level);
  // Records are each a block of their own, however small.
  const whole = Array.isArray(value) && value.some(isCompound) ? undefined : flatten(value, recordCharacters);
  if (whole) addRecord(outline, whole, place);
  else if (Array.isArray(value)) addList(value, outline, level, place);
  else if (isCompound(value)) addMembers(value, outline, level, place);
  else addRecord(outline, [{ name: '', value: scalarText(value) }], place);
}

/** An item of a list; a large one stands under its own name, or under `fallback` if it has none. */
export function addItem(
  item: Json,
  fallback: string | undefined,
  outline: Outline,
  level: number,
  place: Place,
): void {
  const name = flatten(item, recordCharacters) ? undefined : (nameOf(item) ?? fallback);
  if (name === undefined) addJson(item, outline, level, place);
  else addUnder(name, item, outline, level, place);
}

/** What a record calls itself. */
export function nameOf(value: Json): string | undefined {
  if (!isCompound(value) || Array.isArray(value)) return undefined;
  const names = [value['title'], value['name'], value['id']].map((name) => scalarText(name ?? null).trim());
  return names.find((name) => name !== '');
}

function addList(items: readonly Json[], outline: Outline, level: number, place: Place): void {
  if (items.some(isCompound)) {
    for (const [index, item] of items.entries()) addItem(item, `[${index}]`, outline, level, place);
    return;
  }
  const fields = items.map((item) => ({ name: '', value: scalarText(item) }));
  addRecord(outline, fields, place);
}

/** Its plain values first: what comes after a nested one would seem to belong to that. */
function addMembers(members: Record<string, Json>, outline: Outline, level: number, place: Place): void {
  const entries = Object.entries(members);
  const plain = entries.filter(([, value]) => !isCompound(value));
  addRecord(
    outline,
    plain.map(([name, value]) => ({ name, value: scalarText(value) })),
    place,
  );
  for (const [name, value] of entries) {
    if (isCompound(value)) addUnder(name, value, outline, level, place);
  }
}

function addUnder(name: string, value: Json, outline: Outline, level: number, place: Place): void {
  outline.heading(level, name, place);
  addJson(value, outline, level + 1, place);
  outline.leave(level);
}
