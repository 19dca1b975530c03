import { stemmer } from 'stemmer';
import { embeddedText } from '../ingest/chunking.ts';
import type { KeywordPassage } from '../ports/knowledge.ts';
import { stopWords } from './stop-words.ts';

/** Belongs to a document's version: to be changed whenever other terms come out of the same text. */
export const tokeniserVersion = '1';

/** A longer run of characters is no identifier that anyone asks for; its parts still count. */
const maxTermCharacters = 64;

/** A run of word characters, joined by what joins the parts of identifiers: `v1.2.3`, `AB-12/3`, `snake_case`. */
const tokenPattern = /[\p{L}\p{M}\p{N}_]+(?:[.\-/+@][\p{L}\p{M}\p{N}_]+)*/gu;
const partPattern = /[\p{L}\p{M}]+|\p{N}+/gu;
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/u;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

/** What a question is searched by: distinct, in order, without stop words. */
export function questionTerms(text: string): string[] {
  return [...new Set(termsOf(text))];
}

/** The terms of a passage with its title and headings, as often as they occur. */
export function passageTerms(passage: KeywordPassage): string[] {
  return termsOf(embeddedText(passage));
}

/**
 * Words in lower case and stemmed; identifiers (with digits, joined or in mixed case) as they are, beside the words that
 * they are made of, so that `max_retries` is found by itself and by "retries".
 */
function termsOf(text: string): string[] {
  const terms: string[] = [];
  for (const [token] of text.normalize('NFKC').matchAll(tokenPattern)) {
    if (/^[a-z]+$/.test(token)) addWord(terms, token);
    else addToken(terms, token);
  }
  return terms;
}

function addToken(terms: string[], token: string): void {
  if (unspaced.test(token)) return addSegments(terms, token);
  // Words on both sides of a slash are alternatives; with figures it is a number of a part.
  if (token.includes('/') && !/\p{N}/u.test(token)) {
    for (const part of token.split('/')) addToken(terms, part);
    return;
  }
  const pieces = piecesOf(token);
  const whole = token.toLowerCase();
  if (pieces.length === 1 && pieces[0] === token) return addWord(terms, whole);
  if (whole.length <= maxTermCharacters) terms.push(whole);
  for (const piece of pieces) addPiece(terms, piece.toLowerCase());
}

/** `camelCase`, `HTTPServer`, `E1234` and `a-b.c` at their seams. */
function piecesOf(token: string): string[] {
  return token.replaceAll(/(\p{Ll})(?=\p{Lu})|(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1$2 ').match(partPattern) ?? [];
}

/** Of an identifier, single letters and small numbers tell nothing by themselves. */
function addPiece(terms: string[], piece: string): void {
  if (piece.length > (/^\p{N}/u.test(piece) ? 2 : 1)) addWord(terms, piece);
}

function addWord(terms: string[], word: string): void {
  if (stopWords.has(word)) return;
  terms.push(stemOf(word).slice(0, maxTermCharacters));
}

/** The stemmer knows English; what has other letters than a to z is left as it is. */
function stemOf(word: string): string {
  return /^[a-z]+$/.test(word) && word.length <= maxTermCharacters ? stemmer(word) : word;
}

/** Scripts that put no space between words. */
function addSegments(terms: string[], token: string): void {
  for (const { segment, isWordLike } of segmenter.segment(token.toLowerCase())) {
    if (isWordLike) addWord(terms, segment);
  }
}
