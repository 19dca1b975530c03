import { stemmer } from 'stemmer';
import { isPlaceName } from './names.ts';
import type { Token } from './tokens.ts';
import { askingWords, functionWords, irregularForms } from './vocabulary.ts';

/** A word of a question that carries meaning. */
export interface Content {
  /** The same for all forms of a word: its root. Of a number, date or identifier, its value. */
  key: string;
  text: string;
  /** Words of asking ("need", "way", "know") are not weighty: they come and go with the wording. */
  isWeighty: boolean;
  /** Name of a person, place, product or firm, as far as its capital or a list tells. */
  isName: boolean;
  /** Whether it compares: "cheaper", "least", "maximum". */
  isCompared: boolean;
  /** Numbers, dates and identifiers are compared by themselves and only count for the order here. */
  isFigure: boolean;
  /** How many content words stand before it. */
  place: number;
  /** The preposition that it stands under; '' if none. */
  role: string;
}

/** Roots that were made already: stemming is the dearest part of reading a question. */
const roots = new Map<string, string>();
const maxRoots = 5_000;
const maxStemmedCharacters = 32;

/** A word's root: irregular forms and nouns of verbs to their verb, the rest by stemming. */
export function rootOf(word: string): string {
  const known = roots.get(word);
  if (known !== undefined) return known;
  const base = irregularForms.get(word) ?? word;
  const root = /^[a-z]{1,32}$/.test(base) ? stemmer(base) : base.slice(0, maxStemmedCharacters * 2);
  if (roots.size >= maxRoots) roots.clear();
  roots.set(word, root);
  return root;
}

const prepositions = new Set(
  `from to into onto in on at by for with of before after over under than against about between without via through
  until since above below inside outside as`.split(/\s+/),
);
const sameRole: ReadonlyMap<string, string> = new Map([
  ['into', 'to'],
  ['onto', 'to'],
]);

/** The content words of a question in order, the first of each. */
export function contentOf(tokens: readonly Token[], compared: ReadonlySet<Token>): Content[] {
  const content = new Map<string, Content>();
  let role = '';
  let isOpen = false;
  for (const token of tokens) {
    if (token.kind === 'taken') continue;
    const { text } = token;
    if (token.kind === 'word' && (functionWords.has(text) || prepositions.has(text))) {
      // A phrase ends at the next little word, unless that only leads it in ("from my savings").
      if (prepositions.has(text)) [role, isOpen] = [sameRole.get(text) ?? text, true];
      else if (!isOpen || !determiners.has(text)) [role, isOpen] = ['', false];
      continue;
    }
    isOpen = false;
    const isWord = token.kind === 'word';
    const key = isWord ? rootOf(text) : text;
    if (content.has(key)) continue;
    content.set(key, {
      key,
      text,
      isWeighty: isWord && !isAskingWord(text, key),
      isName: isWord && (token.isCapital || isPlaceName(text)),
      isCompared: compared.has(token),
      isFigure: !isWord,
      place: content.size,
      role,
    });
  }
  return [...content.values()];
}

const determiners = new Set(
  'a an the my your his her its our their this that these those any some own'.split(' '),
);

const askingRoots = new Set([...askingWords].map((word) => rootOf(word)));

function isAskingWord(text: string, root: string): boolean {
  return askingWords.has(text) || askingRoots.has(root);
}
