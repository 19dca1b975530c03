/** What a passage says, small enough to be compared with many others. */
export interface Fingerprint {
  /** The smallest hashes of its runs of three words, each once, ascending. */
  sketch: Uint32Array;
  /** Sum of the hashes of its words that no likeness makes up for: numbers, identifiers, negations. */
  exact: number;
}

/** Hashes kept of a passage: an estimated share is then off by 0.05 at most for two passages in three. */
const sketchSize = 64;

/** Passages that share so much of their runs of words say the same. */
const sameShare = 0.8;

/** `t` is what is left of "don't" and its like. */
const negations = Uint32Array.from(
  ['no', 'not', 't', 'never', 'none', 'nor', 'without', 'cannot'].map(hashOf),
);

/** Words of a passage that are compared; a longer one is known by its beginning. */
const maxWords = 2_048;

/**
 * The fingerprint of a passage under its headings, whatever its case, punctuation and white space. The same sentence under
 * another heading ("Linux", "Windows") is another statement, which shows in short passages and is lost in long ones.
 */
export function fingerprint(headings: readonly string[], text: string): Fingerprint {
  const whole = `${headings.join('\n')}\n${text}`;
  const words = new Uint32Array(Math.min(maxWords, whole.length));
  const count = readWords(whole, words);
  let exact = 0;
  for (let index = 0; index < count; index += 1) {
    const word = words[index]!;
    if (hasDigit(word) || isNegation(word)) exact = (exact + word) >>> 0;
  }
  return { sketch: toSketch(words.subarray(0, count)), exact };
}

/**
 * Whether two passages say the same: most of their runs of words are shared, and all of their numbers, identifiers and
 * negations. "Kept for 24 hours" and "kept for 48 hours" are alike in all but the one word that counts.
 */
export function isNearDuplicate(a: Fingerprint, b: Fingerprint): boolean {
  return a.exact === b.exact && sharesEnough(a.sketch, b.sketch);
}

/**
 * Writes the hash (FNV-1a) of each word, as long as there is room, and returns how many there are. The lowest bit says
 * whether the word holds a digit. Scripts without spaces count each character as a word.
 */
function readWords(text: string, words: Uint32Array): number {
  let written = 0;
  let hash = 0;
  let digit = 0;
  for (let index = 0; index <= text.length && written < words.length; index += 1) {
    const code = index < text.length ? text.charCodeAt(index) : 0x20;
    if (isWordCode(code)) {
      hash = mix(hash, code >= 0x41 && code <= 0x5a ? code + 0x20 : code);
      if (code <= 0x39) digit = 1;
      continue;
    }
    if (hash !== 0) words[written++] = (hash & ~1) | digit;
    if (code >= 0x2e80) words[written++] = mix(0, code) & ~1;
    hash = 0;
    digit = 0;
  }
  return written;
}

function hasDigit(word: number): boolean {
  return (word & 1) === 1;
}

// A loop costs a tenth of `includes`, and this runs for every word of every passage.
function isNegation(word: number): boolean {
  for (let index = 0; index < negations.length; index += 1) if (negations[index] === word) return true;
  return false;
}

/** Digits and letters: beyond ASCII whatever is no punctuation or space, up to the scripts that have no spaces. */
function isWordCode(code: number): boolean {
  if (code >= 0x80) return code >= 0xc0 && code < 0x2e80 && (code < 0x2000 || code > 0x206f);
  if (code <= 0x39) return code >= 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function mix(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}

function hashOf(word: string): number {
  const words = new Uint32Array(1);
  readWords(word, words);
  return words[0]!;
}

/** The bottom-k sketch (Cohen and Kaplan, 2007) of the runs of three words; fewer words make one run. */
function toSketch(words: Uint32Array): Uint32Array {
  if (words.length === 0) return words;
  const runs = new Uint32Array(Math.max(1, words.length - 2));
  for (let index = 0; index < runs.length; index += 1) {
    runs[index] = spread(mix(mix(words[index]!, words[index + 1] ?? 0), words[index + 2] ?? 0));
  }
  runs.sort();
  let kept = 0;
  for (const run of runs) {
    if (kept > 0 && runs[kept - 1] === run) continue;
    runs[kept] = run;
    kept += 1;
    if (kept === sketchSize) break;
  }
  return runs.slice(0, kept);
}

/** The smallest hashes are a fair sample only if every bit is as good as random (MurmurHash3's last step). */
function spread(hash: number): number {
  let value = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

/**
 * Whether the two sets share enough of their union, as far as the sketches tell: exactly where both are whole. Passages
 * that differ are found out after a few steps, and nearly all do.
 */
function sharesEnough(a: Uint32Array, b: Uint32Array): boolean {
  const isSample = a.length === sketchSize || b.length === sketchSize;
  const most = isSample ? sketchSize : a.length + b.length;
  let atA = 0;
  let atB = 0;
  let shared = 0;
  let single = 0;
  while (atA < a.length && atB < b.length && shared + single < most) {
    const hashA = a[atA]!;
    const hashB = b[atB]!;
    if (hashA === hashB) shared += 1;
    else single += 1;
    if (single > (1 - sameShare) * most) return false;
    if (hashA <= hashB) atA += 1;
    if (hashB <= hashA) atB += 1;
  }
  // What is left of the longer one is in it alone.
  const rest = Math.min(most - shared - single, a.length - atA + b.length - atB);
  return shared > 0 && shared >= sameShare * (shared + single + rest);
}
