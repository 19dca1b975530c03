import { contentOf, type Content } from './content.ts';
import { readTimes, type Times } from './dates.ts';
import { readDegrees } from './degrees.ts';
import { readFigures, type Figure } from './figures.ts';
import { readFocus, readMood, type Focus, type Mood } from './focus.ts';
import { joinPhrases } from './phrases.ts';
import { readPolarity, type Polarity } from './polarity.ts';
import { plainText, tokensOf } from './tokens.ts';

/** What a question says, taken apart so that two of them can be compared part by part. */
export interface Reading {
  /** In lower case, white space as one blank: to look for a name that the other one quotes. */
  plain: string;
  quoted: ReadonlySet<string>;
  identifiers: ReadonlySet<string>;
  times: Times;
  figures: readonly Figure[];
  polarity: Polarity;
  particles: ReadonlySet<string>;
  focus: ReadonlySet<Focus>;
  mood: Mood | undefined;
  content: readonly Content[];
}

/** More of them are no question; each is looked for in the other text. */
const maxQuotes = 32;

const quotePattern =
  /"([^"\n]{1,200})"|`([^`\n]{1,200})`|(?<![\p{L}\p{N}])'([^'\n]{1,200})'(?![\p{L}\p{N}])/gu;

/** Reads a question. The readers run in an order: each marks the tokens that it has understood. */
export function readQuestion(text: string): Reading {
  const plain = plainText(text);
  const tokens = tokensOf(plain);
  const identifiers = tokens.filter(({ kind }) => kind === 'identifier').map(({ raw }) => raw);
  const times = readTimes(tokens);
  const particles = new Set(tokens.filter(({ kind }) => kind === 'word').map(({ text }) => text));
  const focus = readFocus(tokens);
  const mood = readMood(tokens);
  joinPhrases(tokens);
  const figures = readFigures(tokens);
  const polarity = readPolarity(tokens);
  const compared = readDegrees(tokens);
  return {
    plain: oneLine(plain),
    quoted: quotesOf(plain),
    // The case of a flag tells (-r, -R), that of a code does not.
    identifiers: new Set(identifiers.map((raw) => (raw.startsWith('-') ? raw : raw.toLowerCase()))),
    times,
    figures,
    polarity,
    particles,
    focus,
    mood,
    content: contentOf(tokens, compared),
  };
}

function quotesOf(plain: string): ReadonlySet<string> {
  const found = Array.from(plain.matchAll(quotePattern)).slice(0, maxQuotes);
  return new Set(found.map(([, double, back, single]) => oneLine(double ?? back ?? single ?? '')));
}

function oneLine(text: string): string {
  return text.toLowerCase().replaceAll(/\s+/g, ' ').trim();
}
