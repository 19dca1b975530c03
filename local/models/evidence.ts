import type { Encoder } from './encoder.ts';
import { toStatements } from './passage.ts';
import type { Statement } from './passage.ts';
import type { Prompt, PromptSource } from './prompt.ts';
import type { Rarity } from './rarity.ts';
import { toStems, toTerms } from './words.ts';
import type { Term } from './words.ts';

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
  /** Terms of the question that no source holds, with their rarity, 0 to 1. */
  missing: { term: Term; rarity: number }[];
  weights: Map<Term, number>;
}

/** So many statements are compared by meaning: each costs a forward pass of 20 to 40 ms in one of the threads. */
const maxCompared = 8;
const maxComparedChars = 200;

interface Draft {
  statement: Statement;
  source: PromptSource;
  position: number;
  stems: Set<string>;
  context: Set<string>;
}

/** Weighs every statement of the sources by its words, and the best of them by meaning. */
export async function gatherEvidence(
  { question, sources }: Prompt,
  { encoder, rarity, signal }: { encoder: Encoder; rarity: Rarity; signal: AbortSignal },
): Promise<Evidence> {
  const terms = toTerms(question);
  const statements = new Map(sources.map((source) => [source, toStatements(source.text)]));
  const drafts = sources.flatMap((source) => toDrafts(source, statements.get(source) ?? []));
  const everything = new Set(drafts.flatMap(({ stems, context }) => [...stems, ...context]));
  const missing = terms
    .filter(({ stem }) => !everything.has(stem))
    .map((term) => ({ term, rarity: rarity(term.word) }));
  const weights = new Map(terms.map((term) => [term, weigh(term, drafts, rarity)]));

  const shortlist = drafts
    .map((draft) => ({ draft, coverage: cover(draft, weights), rank: sources.indexOf(draft.source) }))
    .sort((a, b) => b.coverage - 0.02 * b.rank - (a.coverage - 0.02 * a.rank))
    .slice(0, maxCompared);
  const texts = [question, ...shortlist.map(({ draft }) => describe(draft))];
  const [asked, ...vectors] = await encoder.encode(texts, { lane: 'question', signal });
  const candidates = shortlist.map(({ draft, coverage }, index) => {
    const likeness = dot(asked, vectors[index]);
    const { statement, source, position } = draft;
    return { statement, source, position, coverage, likeness, score: likeness + 0.6 * coverage };
  });
  return { candidates: candidates.sort((a, b) => b.score - a.score), statements, missing, weights };
}

function toDrafts(source: PromptSource, statements: readonly Statement[]): Draft[] {
  const above = `${source.title} ${source.headings}`;
  return statements.map((statement, position) => {
    const around = [above, statement.lead, statements[position - 1]?.text, statements[position + 1]?.text];
    return {
      statement,
      source,
      position,
      stems: toStems(statement.text),
      context: toStems(around.join(' ')),
    };
  });
}

/** Rare in English and rare among the sources: such a term tells statements apart. */
function weigh(term: Term, drafts: readonly Draft[], rarity: Rarity): number {
  const holders = drafts.filter(({ stems }) => stems.has(term.stem)).length;
  const idf = Math.log(1 + drafts.length / (1 + holders)) / Math.log(1 + drafts.length);
  return 0.2 + idf + rarity(term.word) + (term.proper ? 0.5 : 0);
}

function cover({ stems, context }: Draft, weights: ReadonlyMap<Term, number>): number {
  let held = 0;
  let all = 0;
  for (const [{ stem }, weight] of weights) {
    all += weight;
    if (stems.has(stem)) held += weight;
    else if (context.has(stem)) held += weight * 0.5;
  }
  return all === 0 ? 0 : held / all;
}

/** The statement as the encoder reads it: under the heading that it stands below. */
function describe({ statement, source }: Draft): string {
  const heading = source.headings.split('>').at(-1)?.trim() || source.title;
  const text = [heading, statement.lead, statement.text].filter(Boolean).join(': ');
  return text.slice(0, maxComparedChars);
}

function dot(a: Float32Array | undefined, b: Float32Array | undefined): number {
  if (!a || !b) return 0;
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}
