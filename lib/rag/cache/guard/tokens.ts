/** A piece of a question. `kind` is what the readers that come after one another make of it. */
export interface Token {
  /** As it is written. */
  raw: string;
  /** In lower case. */
  text: string;
  /** Begins with a capital that the beginning of a sentence does not explain. */
  isCapital: boolean;
  /** `taken` belongs to a token beside it. */
  kind: 'word' | 'identifier' | 'date' | 'figure' | 'taken';
}

/** Nothing a person asks is longer (the request's own limit, lib/http). */
const maxCharacters = 8_000;

/** Command flags, runs of word characters with what joins them inside, and signs of units. Linear: no two parts share a character. */
const tokenPattern =
  /(?<![\p{L}\p{N}_-])--?\p{L}[\p{L}\p{N}_-]*|[\p{L}\p{M}\p{N}_]+(?:[.,:'/@+-][\p{L}\p{M}\p{N}_]+)*|°[CFcf]?|[$£€¥%]|[.?!;](?=\s|$)/gu;

const negatedVerb = /^(ca|wo|do|does|did|is|are|was|were|has|have|had|could|would|should|must|need|ai)n'?t$/;
const hangingPart = /'(?:s|re|ve|ll|m|d|t)?$/;
const abbreviations = new Set(['e.g', 'i.e', 'a.m', 'p.m', 'u.s', 'u.k', 'etc']);

/** The text in one way of writing it: compatible forms composed, curly quotes made straight. */
export function plainText(text: string): string {
  return text
    .slice(0, maxCharacters)
    .normalize('NFKC')
    .slice(0, maxCharacters)
    .replaceAll(/[“”„«»]/g, '"')
    .replaceAll(/[‘’‚´]/g, "'");
}

/** The tokens of a plain text; contractions are written out ("can't" is "can", "not"), hyphenated words apart. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let isStart = true;
  for (const [raw] of text.matchAll(tokenPattern)) {
    if (/^[.?!;]$/.test(raw)) {
      isStart = true;
      continue;
    }
    addToken(tokens, raw, isStart);
    isStart = false;
  }
  return tokens;
}

function addToken(tokens: Token[], raw: string, isStart: boolean): void {
  const text = raw.toLowerCase();
  const negated = negatedVerb.exec(text);
  if (negated) {
    addWord(tokens, verbOf(negated[1] ?? ''), false);
    addWord(tokens, 'not', false);
  } else if (text === 'cannot') {
    addWord(tokens, 'can', false);
    addWord(tokens, 'not', false);
  } else if (isIdentifier(raw)) {
    tokens.push({ raw, text, isCapital: false, kind: 'identifier' });
  } else {
    addParts(tokens, raw.replace(hangingPart, ''), isStart);
  }
}

function addParts(tokens: Token[], raw: string, isStart: boolean): void {
  // Figures keep what joins them: 1,000 and 2024-05-03 and 15:30.
  const parts = /^\p{N}/u.test(raw) ? [raw] : raw.split(/[.,:'/@+-]/);
  for (const [index, part] of parts.entries()) {
    const isName = /^\p{Lu}/u.test(part) && part !== 'I';
    const isAcronym = /^\p{Lu}{2,}s?$/u.test(part);
    // The one acronym that is a little word too.
    if (part === 'US') addWord(tokens, 'usa', true);
    else addWord(tokens, part, isName && (isAcronym || !isStart || index > 0));
  }
}

function addWord(tokens: Token[], raw: string, isCapital: boolean): void {
  if (raw) tokens.push({ raw, text: raw.toLowerCase(), isCapital, kind: 'word' });
}

function verbOf(stem: string): string {
  if (stem === 'ca') return 'can';
  return stem === 'wo' ? 'will' : stem;
}

/** Names that machines and clerks give: `E1234`, `max_retries`, `poolSize`, `lib/terms.ts`, `--force`, `v1.2.0`. */
function isIdentifier(raw: string): boolean {
  if (raw.startsWith('-') || /[_@]/.test(raw) || /\p{Ll}\p{Lu}/u.test(raw)) return true;
  if (/^\p{N}+(?:\.\p{N}+){2,}$/u.test(raw)) return !isSlashDate(raw);
  if (/\p{L}\.\p{Ll}/u.test(raw)) return !abbreviations.has(raw.toLowerCase().replace(hangingPart, ''));
  if (!/\p{L}/u.test(raw) || !/\p{N}/u.test(raw)) return false;
  // Figures with a unit or an ending: 5km, 3pm, 2nd, £5.50, 1990s.
  return !/^\p{N}+(?:[.,:]\p{N}+)*[\p{Ll}]{1,4}$/u.test(raw) && !/^q[1-4]$/i.test(raw);
}

function isSlashDate(raw: string): boolean {
  return /^\d{1,2}[./]\d{1,2}[./](?:\d{2}|\d{4})$/.test(raw);
}
