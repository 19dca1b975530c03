import type { Token } from './tokens.ts';

/** Adjectives that are compared, each with its opposite; several on a side mean the same. */
const scales: readonly (readonly [low: string, high: string])[] = [
  ['cheap inexpensive affordable', 'expensive pricey costly dear'],
  ['short brief', 'long'],
  ['slow', 'fast quick rapid'],
  ['low', 'high'],
  ['small little tiny', 'big large'],
  ['old', 'new recent'],
  ['early', 'late'],
  ['far', 'near close'],
  ['hard difficult', 'easy simple'],
  ['weak', 'strong'],
  ['light', 'heavy'],
  ['young', 'elderly'],
  ['narrow', 'wide broad'],
  ['shallow', 'deep'],
  ['cold cool', 'hot warm'],
  ['thin', 'thick'],
  ['poor', 'rich'],
  ['dangerous risky', 'safe secure'],
  ['bad', 'good'],
  ['rare', 'common frequent'],
  ['quiet', 'loud noisy'],
  ['dark', 'bright'],
  ['soft', 'firm'],
];

interface Pole {
  key: string;
  opposite: string;
}

const poles: ReadonlyMap<string, Pole> = new Map(
  scales.flatMap(([low, high]) => {
    const lows = low.split(' ');
    const highs = high.split(' ');
    const [lowest = '', highest = ''] = [lows[0], highs[0]];
    return [
      ...lows.map((word) => [word, { key: lowest, opposite: highest }] as const),
      ...highs.map((word) => [word, { key: highest, opposite: lowest }] as const),
    ];
  }),
);
const irregular: ReadonlyMap<string, string> = new Map([
  ['better', 'good'],
  ['best', 'good'],
  ['worse', 'bad'],
  ['worst', 'bad'],
  ['further', 'far'],
  ['furthest', 'far'],
  ['farthest', 'far'],
]);
const more = new Set(['more', 'most']);
const less = new Set(['less', 'least', 'fewer', 'fewest']);
const bounds: ReadonlyMap<string, string> = new Map([
  ['max', 'maximum'],
  ['maximal', 'maximum'],
  ['maximum', 'maximum'],
  ['min', 'minimum'],
  ['minimal', 'minimum'],
  ['minimum', 'minimum'],
  ['first', 'first'],
  ['last', 'last'],
]);

/**
 * Brings comparisons to one form: "cheaper" and "less expensive" both become `cheap`. Returns the tokens that compare, and
 * "more", "most", "less" and "least" of something too, as `more` and `less`.
 */
export function readDegrees(tokens: readonly Token[]): ReadonlySet<Token> {
  const compared = new Set<Token>();
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    const pole = poles.get(baseOf(token.text) ?? '');
    const bound = bounds.get(token.text);
    if (pole) token.text = pole.key;
    else if (bound) token.text = bound;
    else if (more.has(token.text) || less.has(token.text)) foldAdverb(tokens, index);
    else continue;
    if (token.kind === 'word') compared.add(token);
    else compared.add(tokens[index + 1] as Token);
  }
  return compared;
}

function foldAdverb(tokens: readonly Token[], index: number): void {
  const token = tokens[index] as Token;
  const next = tokens[index + 1];
  const pole = next?.kind === 'word' ? poles.get(next.text) : undefined;
  const isLess = less.has(token.text);
  if (!next || !pole) {
    token.text = isLess ? 'less' : 'more';
    return;
  }
  next.text = isLess ? pole.opposite : pole.key;
  token.kind = 'taken';
}

/** The adjective of "cheapest", "bigger" or "easier"; undefined where there is no comparison. */
function baseOf(word: string): string | undefined {
  const known = irregular.get(word);
  if (known) return known;
  const stem = /^(\p{L}{2,12})(?:er|est)$/u.exec(word)?.[1];
  if (!stem) return undefined;
  const candidates = [stem, `${stem}e`, stem.replace(/i$/, 'y'), stem.slice(0, -1)];
  return candidates.find((each) => poles.has(each));
}
