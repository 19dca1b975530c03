import { align, hasOpposites, type Alignment } from './guard/alignment.ts';
import type { Content } from './guard/content.ts';
import { isTurnedRound } from './guard/direction.ts';
import { unitOf, type Figure } from './guard/figures.ts';
import { isOtherFocus } from './guard/focus.ts';
import { isPolarityOpposed, type Stand } from './guard/polarity.ts';
import { readQuestion, type Reading } from './guard/reading.ts';
import { opposedBounds, opposedParticles } from './guard/vocabulary.ts';

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

/** What speaks against serving a cached answer. */
export interface Objection {
  reason: GuardReason;
  /**
   * Roots of the words that the question has in place of others, where nothing more is known than that they are others: they
   * may well say the same (`chooseCandidate`). Absent where the two are known to differ.
   */
  swapped?: readonly string[];
}

/**
 * Why the answer of question `cached` must not be served to question `asked`; undefined where nothing in the wording speaks
 * against it, whatever the embeddings say. Pure; never throws; time is in proportion to the text (docs/decisions/0015).
 */
export function refusal(asked: string, cached: string): GuardReason | undefined {
  return objectionTo(asked, cached)?.reason;
}

/** The same as `refusal`, with what it takes to find out whether a group of questions overrules it. */
export function objectionTo(asked: string, cached: string): Objection | undefined {
  return objectionsTo(asked)(cached);
}

/** `objectionTo` for one question and many cached ones: it is read once. */
export function objectionsTo(asked: string): (cached: string) => Objection | undefined {
  const own = readQuestion(asked);
  return (cached) => {
    if (asked === cached) return undefined;
    const other = readQuestion(cached);
    // In one order always, so that the answer is the same whichever of the two came first.
    const isFirst = asked < cached;
    const [a, b] = isFirst ? [own, other] : [other, own];
    const alignment = align(a.content, b.content);
    const known = refusalOfLiterals(a, b) ?? refusalOfWords(a, b, alignment);
    if (known) return { reason: known };
    const reason = refusalOfLeftovers(alignment);
    if (reason !== 'word' || hasOpposites(alignment)) return reason && { reason };
    const left = isFirst ? alignment.left : alignment.right;
    const swapped = weighty(left).length > 0 ? weighty(left) : left;
    return { reason, swapped: swapped.map(({ key }) => key) };
  };
}

/** The roots of all words of a question that carry meaning. */
export function rootsOf(question: string): ReadonlySet<string> {
  return new Set(readQuestion(question).content.map(({ key }) => key));
}

/** What is compared as it stands. */
function refusalOfLiterals(a: Reading, b: Reading): GuardReason | undefined {
  if (isQuoteMissing(a, b) || isQuoteMissing(b, a)) return 'quoted';
  if (isIdentifierMissing(a, b) || isIdentifierMissing(b, a)) return 'identifier';
  if (isOtherTime(a, b)) return 'date';
  return refusalOfFigures(a.figures, b.figures);
}

/** What is known to be another question by its words. */
function refusalOfWords(a: Reading, b: Reading, alignment: Alignment): GuardReason | undefined {
  if (isPolarityOpposed(standOf(a), standOf(b))) return 'negation';
  if (isTurnedRound(alignment)) return 'direction';
  if (isAnyOpposed(opposedBounds, a, b)) return 'comparative';
  if (isAnyOpposed(opposedParticles, a, b) || isOtherFocus(a.focus, b.focus)) return 'word';
  return a.mood && b.mood && a.mood !== b.mood ? 'word' : undefined;
}

function isQuoteMissing(a: Reading, b: Reading): boolean {
  return [...a.quoted].some(
    (quote) => !b.quoted.has(quote) && (b.quoted.size > 0 || !b.plain.includes(quote)),
  );
}

/** In lower case, an identifier may look like any word. */
function isIdentifierMissing(a: Reading, b: Reading): boolean {
  return [...a.identifiers].some((each) => !b.identifiers.has(each) && !b.particles.has(each));
}

function isOtherTime(a: Reading, b: Reading): boolean {
  if (!isSame(a.times.exact, b.times.exact)) return true;
  return isBeyond(a.times.loose, b.times.loose) && isBeyond(b.times.loose, a.times.loose);
}

function refusalOfFigures(a: readonly Figure[], b: readonly Figure[]): GuardReason | undefined {
  const values = (figures: readonly Figure[]) => new Set(figures.map(({ value }) => value));
  if (!isSame(values(a), values(b))) return 'number';
  return hasOtherUnit(a, b) || hasOtherUnit(b, a) ? 'unit' : undefined;
}

/** Whether one has a unit that the other's figures of the same value have not, of which some have one. */
function hasOtherUnit(a: readonly Figure[], b: readonly Figure[]): boolean {
  const units = new Map<string, Set<string>>();
  for (const { value, unit } of b) if (unit) units.set(value, (units.get(value) ?? new Set()).add(unit));
  return a.some(({ value, unit }) => unit && units.has(value) && !units.get(value)?.has(unit));
}

function standOf({ polarity, content }: Reading): Stand {
  return { polarity, roots: new Set(content.map(({ key }) => key)) };
}

function isAnyOpposed(pairs: typeof opposedParticles, a: Reading, b: Reading): boolean {
  return pairs.some((pair) => areOpposed(pair, a, b) || areOpposed(pair, b, a));
}

function areOpposed([one, other]: readonly [string, string], a: Reading, b: Reading): boolean {
  return a.particles.has(one) && !b.particles.has(one) && b.particles.has(other) && !a.particles.has(other);
}

/** What speaks for another question in the words that only one of the two has. */
function refusalOfLeftovers(alignment: Alignment): GuardReason | undefined {
  const [left, right] = [weighty(alignment.left), weighty(alignment.right)];
  if (isOnBoth(left, right, ({ text }) => unitOf(text) !== undefined)) return 'unit';
  // Any other word may be an addition that changes nothing; a name is what the question is about.
  if ([...left, ...right].some(({ isName }) => isName)) return 'entity';
  if (left.length === 0 || right.length === 0) {
    return hasOpposites(alignment) || isOneForAnother(alignment) ? 'word' : undefined;
  }
  return isOnBoth(left, right, ({ isCompared }) => isCompared) ? 'comparative' : 'word';
}

/** Whether all is the same but for one word in the same place, and neither is a mere word of asking. */
function isOneForAnother({ shared, left: [a, ...others], right: [b, ...more] }: Alignment): boolean {
  if (!a || !b || others.length + more.length > 0 || a.place !== b.place) return false;
  if (a.weight === 'asking' || b.weight === 'asking') return false;
  return shared.every(([one, other]) => one.place === other.place);
}

function weighty(words: readonly Content[]): readonly Content[] {
  return words.filter((word) => word.weight === 'full' || word.isCompared);
}

function isOnBoth(a: readonly Content[], b: readonly Content[], is: (word: Content) => boolean): boolean {
  return a.some(is) && b.some(is);
}

function isBeyond(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].some((each) => !b.has(each));
}

function isSame(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((each) => b.has(each));
}
