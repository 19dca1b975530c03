import { isPlaceName } from './names.ts';
import { createRoleReader } from './roles.ts';
import { rootOf } from './roots.ts';
import type { Token } from './tokens.ts';
import { askingWords, functionWords, lightWords } from './vocabulary.ts';

/** A word of a question that carries meaning. */
export interface Content {
  /** The same for all forms of a word: its root. Of a number, date or identifier, its value. */
  key: string;
  text: string;
  /** `asking` words ("need", "way", "know") come and go with the wording, `light` ones ("get", "use") nearly so. */
  weight: 'asking' | 'light' | 'full';
  /** Name of a person, place, product or firm, as far as its capital or a list tells. */
  isName: boolean;
  /** Whether it compares: "cheaper", "least", "maximum". */
  isCompared: boolean;
  /** Numbers, dates and identifiers are compared by themselves and only count for the order here. */
  isFigure: boolean;
  /** How many content words stand before it. */
  place: number;
  /** The preposition that leads it in; '' if none. */
  role: string;
}

/** The content words of a question in order, the first of each. */
export function contentOf(tokens: readonly Token[], compared: ReadonlySet<Token>): Content[] {
  const content = new Map<string, Content>();
  const roles = createRoleReader();
  for (const token of tokens) {
    if (token.kind === 'taken') continue;
    const { text } = token;
    if (token.kind === 'word' && (functionWords.has(text) || roles.isPreposition(text))) {
      roles.lead(text);
      continue;
    }
    const role = roles.next();
    const isWord = token.kind === 'word';
    const key = isWord ? rootOf(text) : text;
    if (content.has(key)) continue;
    content.set(key, {
      key,
      text,
      weight: weightOf(text, key),
      isName: isWord && (token.isCapital || isPlaceName(text)),
      isCompared: compared.has(token) || (isWord && isSuperlative(text)),
      isFigure: !isWord,
      place: content.size,
      role,
    });
  }
  return [...content.values()];
}

const askingRoots = new Set(Array.from(askingWords, rootOf));
const lightRoots = new Set(Array.from(lightWords, rootOf));

function weightOf(text: string, root: string): Content['weight'] {
  if (askingWords.has(text) || askingRoots.has(root)) return 'asking';
  return lightWords.has(text) || lightRoots.has(root) ? 'light' : 'full';
}

const notSuperlative = new Set(
  `request interest protest contest suggest harvest invest arrest honest forest modest manifest digest guest quest chest
  conquest tempest inquest west test rest`.split(/\s+/),
);

function isSuperlative(word: string): boolean {
  return /^\p{L}{2,12}est$/u.test(word) && !notSuperlative.has(word);
}
