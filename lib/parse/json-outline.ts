import type { LineOf } from './json-places.ts';
import { checkDepth, flatten, isCompound, scalarText, type Json } from './json-text.ts';
import type { Outline, Place } from './outline.ts';
import { addRecord, recordCharacters } from './record.ts';

/** Where values go, and where they come from. A value of which nothing is known stands where the one around it does. */
export interface Target {
  outline: Outline;
  lineOf: LineOf;
}

/**
 * A value that fits into a chunk is one block; a larger one is taken apart, its members under their names and the
 * large items of its lists under theirs.
 */
export function addJson(value: Json, target: Target, level: number, around: Place): void {
  checkDepth(level);
  const { outline } = target;
  const place = placeOf(value, target, around);
  // Records are each a block of their own, however small.
  const whole = Array.isArray(value) && value.some(isCompound) ? undefined : flatten(value, recordCharacters);
  if (whole) addRecord(outline, whole, place);
  else if (Array.isArray(value)) addList(value, target, level, place);
  else if (isCompound(value)) addMembers(value, target, level, place);
  else addRecord(outline, [{ name: '', value: scalarText(value) }], place);
}

/** An item of a list; a large one stands under its own name, or under `fallback` if it has none. */
export function addItem(
  item: Json,
  fallback: string | undefined,
  target: Target,
  level: number,
  around: Place,
): void {
  const name = flatten(item, recordCharacters) ? undefined : (nameOf(item) ?? fallback);
  if (name === undefined) addJson(item, target, level, around);
  else addUnder(name, item, target, level, around);
}

/** What a record calls itself. */
export function nameOf(value: Json): string | undefined {
  if (!isCompound(value) || Array.isArray(value)) return undefined;
  const names = [value['title'], value['name'], value['id']].map((name) => scalarText(name ?? null).trim());
  return names.find((name) => name !== '');
}

function addList(items: readonly Json[], target: Target, level: number, place: Place): void {
  if (items.some(isCompound)) {
    for (const [index, item] of items.entries()) addItem(item, `[${index}]`, target, level, place);
    return;
  }
  const fields = items.map((item) => ({ name: '', value: scalarText(item) }));
  addRecord(target.outline, fields, place);
}

/** Its plain values first: what comes after a nested one would seem to belong to that. */
function addMembers(members: Record<string, Json>, target: Target, level: number, place: Place): void {
  const entries = Object.entries(members);
  const plain = entries.filter(([, value]) => !isCompound(value));
  addRecord(
    target.outline,
    plain.map(([name, value]) => ({ name, value: scalarText(value) })),
    place,
  );
  for (const [name, value] of entries) {
    if (isCompound(value)) addUnder(name, value, target, level, place);
  }
}

function addUnder(name: string, value: Json, target: Target, level: number, around: Place): void {
  target.outline.heading(level, name, placeOf(value, target, around));
  addJson(value, target, level + 1, around);
  target.outline.leave(level);
}

function placeOf(value: Json, { lineOf }: Target, around: Place): Place {
  const line = lineOf(value);
  return line === undefined ? around : { line };
}
