import { cover, weighTerms } from './coverage.ts';
import type { Held, WeighedTerm } from './coverage.ts';
import type { Encoder } from './encoder.ts';
import { toStatements } from './passage.ts';
import type { Statement } from './passage.ts';
import { dot } from './lexicon.ts';
import type { Lexicon } from './lexicon.ts';
import type { Prompt, PromptSource } from './prompt.ts';
import { toStems } from './words.ts';

/** A statement of a source, and how well it fits the question. */
export interface Candidate {
  statement: Statement;
  source: PromptSource;
  /** Position in its source, from 0. */
  position: number;
  /** Share of the question's terms, by weight, that the statement and what surrounds it hold, 0 to 1. */
  coverage: number;
  /** Cosine of the statement, under its heading, and the question. */
  likeness: number;
  /** What the two come to; higher fits better. */
  score: number;
}

/** What speaks for and against the sources holding an answer. */
export interface Evidence {
  /** Best first; none if the sources are empty. */
  candidates: Candidate[];
  /** Every statement of the sources. */
  statements: Map<PromptSource, Statement[]>;
  terms: WeighedTerm[];
}

/** So many statements are compared by meaning: each costs a forward pass of 20 to 40 ms in one of the threads. */
const maxCompared = 6;
const maxComparedChars = 140;
const maxFocusChars = 120;
const nothing = new Map<string, string>();

interface Draft extends Held {
  statement: Statement;
  source: PromptSource;
  position: number;
}

/** Weighs every statement of the sources by its words, and the best of them by meaning. */
export async function gatherEvidence(
  { question, sources }: Prompt,
  { encoder, lexicon, signal }: { encoder: Encoder; lexicon: Lexicon; signal: AbortSignal },
): Promise<Evidence> {
  const statements = new Map(sources.map((source) => [source, toStatements(source.text)]));
  const drafts = sources
    .flatMap((source) => toDrafts(source, statements.get(source) ?? []))
    .filter(({ statement }) => !repeats(statement.text, question));
  const terms = weighTerms(question, drafts, lexicon);

  const shortlist = drafts
    .map((draft) => ({ draft, coverage: cover(draft, terms) - 0.02 * sources.indexOf(draft.source) }))
    .sort((a, b) => b.coverage - a.coverage)
    .slice(0, maxCompared);
  const texts = [question, ...shortlist.map(({ draft }) => describe(draft, terms))];
  const [asked, ...vectors] = await encoder.encode(texts, { lane: 'question', signal });
  const candidates = shortlist.map(({ draft }, index) => {
    const { statement, source, position } = draft;
    const coverage = cover(draft, terms);
    const vector = vectors[index];
    const likeness = asked && vector ? dot(asked, vector) : 0;
    return { statement, source, position, coverage, likeness, score: likeness + 0.6 * coverage };
  });
  return { candidates: candidates.sort((a, b) => b.score - a.score), statements, terms };
}

function toDrafts(source: PromptSource, statements: readonly Statement[]): Draft[] {
  const above = `${source.title} ${source.headings}`;
  return statements.map((statement, position) => {
    const around = [above, statement.lead, statements[position - 1]?.text, statements[position + 1]?.text];
    return { statement, source, position, own: toStems(statement.text), around: toStems(around.join(' ')) };
  });
}

/** A place that only asks the question itself, as an example or a heading does, fits it best and answers nothing. */
function repeats(text: string, question: string): boolean {
  const asked = toPlainWords(question);
  return asked.length >= 4 && toPlainWords(text).join(' ').includes(asked.join(' '));
}

function toPlainWords(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}

/** The statement as the encoder reads it: under its heading, and of a long one only the part that the question is about. */
function describe({ statement, source }: Draft, terms: readonly WeighedTerm[]): string {
  const heading = source.headings.split('>').at(-1)?.trim() || source.title;
  const text = [heading, statement.lead, focus(statement.text, terms)].filter(Boolean).join(': ');
  return text.slice(0, maxComparedChars);
}

/** The clause or cell that covers the question best: a mean over a long statement would speak of everything and nothing. */
function focus(text: string, terms: readonly WeighedTerm[]): string {
  if (text.length <= maxFocusChars) return text;
  const parts = text.split(/(?<=[;|·])\s+/);
  const windows = parts.map((_, index) => parts.slice(index, index + 2).join(' '));
  const covers = windows.map((window) => cover({ own: toStems(window), around: nothing }, terms));
  return windows[covers.indexOf(Math.max(...covers))] ?? text;
}
