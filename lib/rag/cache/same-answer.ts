/** An answer as far as it is compared. */
export interface ComparedAnswer {
  text: string;
  /** The passages it cites, each by document and chunk. */
  citations: readonly string[];
}

/** Cosine of two answers' embeddings from which on they say the same. High: what is taken for another costs a model call only. */
const sameSimilarity = 0.9;

/**
 * Whether two answers say the same. Without the cosine of their embeddings it is `undecided` where wording and citations
 * differ but speak of the same thing; then ask again with it. In doubt they do not.
 */
export function sameAnswer(a: ComparedAnswer, b: ComparedAnswer, similarity?: number): boolean | 'undecided' {
  if (!haveCommon(a.citations, b.citations)) return false;
  if (plainText(a.text) === plainText(b.text)) return true;
  // Two answers that differ in a figure read nearly alike, to a person and to an embedding.
  if (figuresOf(a.text) !== figuresOf(b.text)) return false;
  return similarity === undefined ? 'undecided' : similarity >= sameSimilarity;
}

function haveCommon(a: readonly string[], b: readonly string[]): boolean {
  return a.some((citation) => b.includes(citation));
}

/** Words only: without the numbers of citations, case, marks and white space. */
function plainText(text: string): string {
  const words = withoutCitations(text)
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu);
  return words?.join(' ') ?? '';
}

/** The figures of a text in order of size, each as often as it stands there. */
function figuresOf(text: string): string {
  const figures = withoutCitations(text).match(/\p{N}+(?:[.,]\p{N}+)*/gu) ?? [];
  return figures.toSorted().join(' ');
}

function withoutCitations(text: string): string {
  return text.replaceAll(/\[\d{1,3}(?:, ?\d{1,3}){0,20}\]/g, ' ');
}
