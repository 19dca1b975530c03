import { stemmer } from 'stemmer';
import { irregularForms } from './vocabulary.ts';

/** Roots that were made already: stemming is the dearest part of reading a question. */
const roots = new Map<string, string>();
const maxRoots = 5_000;
const maxCharacters = 64;

/** A word's root: irregular forms and nouns of verbs to their verb, British spelling to American, the rest by stemming. */
export function rootOf(text: string): string {
  const word = text.slice(0, maxCharacters);
  const known = roots.get(word);
  if (known !== undefined) return known;
  const base = irregularForms.get(word) ?? spelled(word);
  const root = /^[a-z]{1,32}$/.test(base) ? stemmer(base) : base;
  if (roots.size >= maxRoots) roots.clear();
  roots.set(word, root);
  return root;
}

/** "Recognised" as "recognized", "colours" as "colors": words are only compared, so none need be right. */
function spelled(word: string): string {
  return word
    .replace(/is(e|es|ed|ing|ation|ations)$/, 'iz$1')
    .replace(/(\p{L}{3})our(s|ed|ing)?$/u, '$1or$2');
}
