import { align, type Alignment } from './guard/alignment.ts';
import type { Content } from './guard/content.ts';
import { isTurnedRound } from './guard/direction.ts';
import { unitOf, type Figure } from './guard/figures.ts';
import { isPolarityOpposed } from './guard/polarity.ts';
import { readQuestion, type Reading } from './guard/reading.ts';
import { opposedParticles } from './guard/vocabulary.ts';

/** In what two questions differ, so that the answer to one is none to the other. */
export type GuardReason =
  | 'negation'
  | 'number'
  | 'date'
  | 'unit'
  | 'quoted'
  | 'identifier'
  | 'entity'
  | 'comparative'
  | 'direction'
  | 'word';

/**
 * Why the answer of question `cached` must not be served to question `asked`; undefined where nothing in the wording speaks
 * against it, whatever the embeddings say. Pure; never throws; time is in proportion to the text (docs/decisions/0015).
 */
export function refusal(asked: string, cached: string): GuardReason | undefined {
  if (asked === cached) return undefined;
  const a = readQuestion(asked);
  const b = readQuestion(cached);
  return refusalOfLiterals(a, b) ?? refusalOfWords(a, b);
}

/** What is compared as it stands. */
function refusalOfLiterals(a: Reading, b: Reading): GuardReason | undefined {
  if (isQuoteMissing(a, b) || isQuoteMissing(b, a)) return 'quoted';
  if (!isSame(a.identifiers, b.identifiers)) return 'identifier';
  if (isOtherTime(a, b)) return 'date';
  return refusalOfFigures(a.figures, b.figures);
}

function refusalOfWords(a: Reading, b: Reading): GuardReason | undefined {
  if (isPolarityOpposed(a.polarity, b.polarity)) return 'negation';
  const alignment = align(a.content, b.content);
  if (isTurnedRound(alignment)) return 'direction';
  if (opposedParticles.some((pair) => areOpposed(pair, a, b) || areOpposed(pair, b, a))) return 'word';
  return refusalOfLeftovers(alignment);
}

function isQuoteMissing(a: Reading, b: Reading): boolean {
  return [...a.quoted].some(
    (quote) => !b.quoted.has(quote) && (b.quoted.size > 0 || !b.plain.includes(quote)),
  );
}

function isOtherTime(a: Reading, b: Reading): boolean {
  if (!isSame(a.times.exact, b.times.exact)) return true;
  return isBeyond(a.times.loose, b.times.loose) && isBeyond(b.times.loose, a.times.loose);
}

function refusalOfFigures(a: readonly Figure[], b: readonly Figure[]): GuardReason | undefined {
  const values = (figures: readonly Figure[]) => new Set(figures.map(({ value }) => value));
  if (!isSame(values(a), values(b))) return 'number';
  const units = new Map(b.map(({ value, unit }) => [value, unit]));
  const differs = a.some(({ value, unit }) => unit && units.get(value) && unit !== units.get(value));
  return differs ? 'unit' : undefined;
}

function areOpposed([one, other]: readonly [string, string], a: Reading, b: Reading): boolean {
  return a.particles.has(one) && !b.particles.has(one) && b.particles.has(other) && !a.particles.has(other);
}

/** A weighty word on each side that the other does not have: one was put for the other. */
function refusalOfLeftovers({ left, right }: Alignment): GuardReason | undefined {
  const [a, b] = [weighty(left), weighty(right)];
  if (a.length === 0 || b.length === 0) return undefined;
  if (isAny(a, b, ({ text }) => unitOf(text) !== undefined)) return 'unit';
  if (isAny(a, b, ({ isCompared }) => isCompared)) return 'comparative';
  return [...a, ...b].some(({ isName }) => isName) ? 'entity' : 'word';
}

function weighty(words: readonly Content[]): readonly Content[] {
  return words.filter((word) => word.isWeighty || word.isCompared);
}

function isAny(a: readonly Content[], b: readonly Content[], is: (word: Content) => boolean): boolean {
  return a.some(is) && b.some(is);
}

function isBeyond(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].some((each) => !b.has(each));
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((each) => b.has(each));
}
