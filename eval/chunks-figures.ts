import { chooseContext } from '../lib/rag/retrieve/context.ts';
import { placeKey } from '../lib/rag/retrieve/fusion.ts';
import type { ChunkPlace } from '../lib/rag/ports/knowledge.ts';
import type { Chunk, Hit } from '../lib/rag/types.ts';
import type { ChunkSet } from './chunks-sets.ts';
import { ndcg, recall, type Ranking } from './ranking.ts';
import type { Retrieved } from './retrieve-queries.ts';

/** Sources of an answer where the question does not say how many. */
const topK = 8;

/** Characters that the searches are compared over at equal cost: about 1,400 tokens. */
const equalCharacters = 6_000;

/** What came of one question. */
export interface QuestionFigures {
  keyword: number;
  dense: number;
  fused: number;
  /** Share of what is right that the best five passages show. */
  inFirstFive: number;
  /** Characters of the context that the model would get, and the share of what is right that it shows. */
  contextCharacters: number;
  inContext: number;
  /** The share that the best passages show which together have `equalCharacters`. */
  inEqualCharacters: number;
}

type Passage = ChunkPlace & Pick<Chunk, 'text'>;

/** The figures of a question; those without a note are nDCG@10, over what the passages found show. */
export function questionFigures(
  { shows }: Pick<ChunkSet, 'shows'>,
  chunks: ReadonlyMap<string, Chunk>,
  { query, keyword, dense, fused, served }: Retrieved,
): QuestionFigures {
  const rank = (hits: readonly Passage[]): Ranking => ({
    found: [...new Set(hits.flatMap((hit) => shownBy(hit, shows(query, hit))))],
    judged: query.judged,
  });
  const found = (hits: readonly Passage[]) => recall(rank(hits), Infinity);
  const texts = (places: readonly ChunkPlace[]) => places.map((place) => chunks.get(placeKey(place))!);
  const context = chooseContext(served, new Map(), topK);
  return {
    keyword: ndcg(rank(texts(keyword)), 10),
    dense: ndcg(rank(dense), 10),
    fused: ndcg(rank(fused), 10),
    inFirstFive: found(fused.slice(0, 5)),
    contextCharacters: context.reduce((sum, { text }) => sum + text.length, 0),
    inContext: found(context),
    inEqualCharacters: found(firstOf(fused, equalCharacters)),
  };
}

/** What a passage takes a place in the order for: that which it shows, or itself where it shows nothing that counts. */
function shownBy(passage: Passage, shown: readonly string[]): readonly string[] {
  return shown.length > 0 ? shown : [placeKey(passage)];
}

/** The mean of a figure over the questions. */
export function meanOf(questions: readonly QuestionFigures[], figure: keyof QuestionFigures): number {
  return mean(questions.map((one) => one[figure]));
}

/** How much better the same questions come out than with another setting, and that difference's standard error. */
export function compare(
  questions: readonly QuestionFigures[],
  others: readonly QuestionFigures[],
  figure: keyof QuestionFigures,
): { difference: number; error: number } {
  const differences = questions.map((one, index) => one[figure] - others[index]![figure]);
  const difference = mean(differences);
  const variance =
    differences.reduce((sum, one) => sum + (one - difference) ** 2, 0) / (differences.length - 1);
  return { difference, error: Math.sqrt(variance / differences.length) };
}

/** The best passages that fit whole into so many characters. */
function firstOf(hits: readonly Hit[], characters: number): Hit[] {
  let left = characters;
  const end = hits.findIndex(({ text }) => (left -= text.length) < 0);
  return end === -1 ? [...hits] : hits.slice(0, end);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
