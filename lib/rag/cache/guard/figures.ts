import type { Token } from './tokens.ts';

/** An amount that a question names. */
export interface Figure {
  /** Written one way: `1000` for "1,000", "1000" and "a thousand". */
  value: string;
  /** The unit's name, where there is one. */
  unit?: string;
}

const smallNumbers =
  `zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen
  sixteen seventeen eighteen nineteen`.split(/\s+/);
const tens = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const ordinals = 'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(
  ' ',
);
const scales: ReadonlyMap<string, number> = new Map([
  ['hundred', 100],
  ['thousand', 1_000],
  ['k', 1_000],
  ['million', 1_000_000],
  ['dozen', 12],
]);

/** Each unit's names, its own one first. */
const unitNames = `
  km kilometre kilometer kms
  m metre meter
  cm centimetre centimeter
  mm millimetre millimeter
  mile mi
  foot feet ft
  inch inches
  yard yd
  kg kilogram kilo kgs
  g gram
  mg milligram
  mcg microgram µg μg ug
  lb pound lbs
  oz ounce
  ton tonne
  l litre liter
  ml millilitre milliliter
  gallon gal
  cup
  tbsp tablespoon
  tsp teaspoon
  kb kilobyte
  mb megabyte
  gb gigabyte
  tb terabyte
  second sec
  millisecond ms
  minute min mins
  hour hr hrs h
  day
  week wk
  month
  year yr yrs
  $ dollar usd bucks
  £ gbp quid
  € euro eur
  ¥ yen jpy
  franc chf
  rupee inr
  cent
  % percent pct percentage
  celsius °c centigrade
  fahrenheit °f
  drop
  spoon spoonful
  watt w
  kw kilowatt
  volt v
  mbps
  kwh`;

const units: ReadonlyMap<string, string> = new Map(
  unitNames
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [unit = '', ...names] = line.trim().split(' ');
      return [unit, ...names].flatMap((name) => [[name, unit] as const, [`${name}s`, unit] as const]);
    }),
);

/** The unit that a word names, if it does. */
export function unitOf(word: string): string | undefined {
  return word.length > 1 ? units.get(word) : undefined;
}

/** Finds numbers in digits and words with their units and marks their tokens. "One" counts only with a unit. */
export function readFigures(tokens: Token[]): Figure[] {
  const figures: Figure[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    if (token.kind !== 'word') continue;
    const read = digits(token.text) ?? numberInWords(tokens, index);
    if (!read) continue;
    const unit = read.unit ?? unitBeside(tokens, index, index + read.length);
    if (/^ones?$/.test(token.text) && read.length === 1 && !unit) continue;
    figures.push({ value: read.value, ...(unit && { unit }) });
    token.kind = 'figure';
    token.text = read.value;
    for (let taken = 1; taken < read.length; taken++) (tokens[index + taken] as Token).kind = 'taken';
  }
  return figures;
}

interface Read extends Figure {
  /** Tokens that it takes up. */
  length: number;
}

function digits(text: string): Read | undefined {
  const found = /^(\d+(?:[.,:/-]\d+)*)(\p{L}{0,4})$/u.exec(text);
  if (!found) return undefined;
  const [, figure = '', ending = ''] = found;
  const value = /^\d{1,3}(?:,\d{3})+/.test(figure) ? figure.replaceAll(',', '') : figure;
  const scale = scales.get(ending);
  if (scale) return { value: String(Number(value) * scale), length: 1 };
  const unit = /^(?:st|nd|rd|th|s|x)?$/.test(ending) ? undefined : (units.get(ending) ?? ending);
  return { value, ...(unit && { unit }), length: 1 };
}

/** "twenty five", "two hundred", "third". */
function numberInWords(tokens: readonly Token[], index: number): Read | undefined {
  let value = 0;
  let length = 0;
  for (let at = index; at < tokens.length && at < index + 6; at++) {
    const token = tokens[at] as Token;
    if (token.kind !== 'word') break;
    const scale = scales.get(token.text);
    const simple = simpleNumber(token.text);
    if (scale && token.text !== 'k') value = Math.max(value, 1) * scale;
    else if (simple !== undefined && (length === 0 || isTail(value, simple))) value += simple;
    else break;
    length++;
  }
  return length > 0 ? { value: String(value), length } : undefined;
}

/** Whether a number continues the one before it: "twenty" + "five", "two hundred" + "ten", but not "two" + "three". */
function isTail(value: number, next: number): boolean {
  return value % 100 === 0 || (value % 10 === 0 && value % 100 >= 20 && next < 10);
}

function simpleNumber(word: string): number | undefined {
  const small = smallNumbers.indexOf(word);
  if (small >= 0) return small;
  const ten = tens.indexOf(word);
  if (ten >= 0) return 20 + 10 * ten;
  // "First" and "second" are more than numbers: an order, and a unit of time.
  const ordinal = ordinals.indexOf(word);
  return ordinal >= 2 ? ordinal + 1 : undefined;
}

function unitBeside(tokens: readonly Token[], start: number, end: number): string | undefined {
  const before = tokens[start - 1];
  // "30 degrees Celsius": the unit is the scale.
  const isDegree = /^(?:degrees?|°)$/.test(tokens[end]?.text ?? '');
  const after = tokens[isDegree && units.has(tokens[end + 1]?.text ?? '') ? end + 1 : end];
  for (const near of [after, before]) {
    const isSign = near === before ? /^[$£€¥]$/.test(near?.text ?? '') : true;
    const unit = near?.kind === 'word' && isSign ? units.get(near.text) : undefined;
    if (!near || !unit) continue;
    near.kind = 'taken';
    return unit;
  }
  return undefined;
}
