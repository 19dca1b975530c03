import { fromFailure, tooComplex } from './failure.ts';
import type { Field } from './record.ts';

/** A value as `JSON.parse` gives it. */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** What people write is nested a dozen deep at most. */
const deepest = 200;

/** Throws RagError `too_complex` for a level that nothing written for people has. */
export function checkDepth(depth: number): void {
  if (depth > deepest) throw fromFailure(tooComplex('its structure is nested too deeply'));
}

/** Whether other values are in it. */
export function isCompound(value: Json): value is Json[] | { [name: string]: Json } {
  return typeof value === 'object' && value !== null;
}

/** Empty for null. */
export function scalarText(value: Json): string {
  return value === null || isCompound(value) ? '' : String(value);
}

/**
 * Everything in a value as fields named by their path (`address.city`); undefined if that is more than `characters`,
 * and then no more of it was looked at than it takes to know.
 */
export function flatten(value: Json, characters: number): Field[] | undefined {
  const fields: Field[] = [];
  let left = characters;

  function visit(inner: Json, path: string, depth: number): boolean {
    checkDepth(depth);
    left -= 1;
    if (Array.isArray(inner) && !inner.some(isCompound)) return field(path, inner);
    if (!isCompound(inner)) return field(path, [inner]);
    return Object.entries(inner).every(([name, child]) =>
      visit(child, path === '' ? name : `${path}.${name}`, depth + 1),
    );
  }

  function field(name: string, values: Json[]): boolean {
    const text = values.map(scalarText).join(', ');
    left -= name.length + text.length + 2;
    if (text !== '') fields.push({ name, value: text });
    return left >= 0;
  }

  return visit(value, '', 0) && left >= 0 ? fields : undefined;
}
