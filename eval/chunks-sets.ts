import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseMarkdown } from '../lib/parse/markdown.ts';
import type { Block } from '../lib/rag/ports/originals.ts';
import type { Chunk } from '../lib/rag/types.ts';
import { readProjectDocs } from '../local/documents/folder.ts';
import { isSaidIn, readQuestions } from './questions.ts';
import { subsetOf, type Scifact, type ScifactDocument, type ScifactQuery } from './scifact.ts';
import type { Vectors } from './chunks-vectors.ts';

/** A document before it is cut. */
export interface WholeDocument {
  id: string;
  title: string;
  blocks: readonly Block[];
}

/** Documents, and questions that a passage of them is to be found for. */
export interface ChunkSet {
  name: string;
  documents: readonly WholeDocument[];
  /** What is judged is what `shows` names. */
  questions: readonly ScifactQuery[];
  /** What a passage shows of what may be right for the question. */
  shows: (question: ScifactQuery, passage: Pick<Chunk, 'document' | 'text'>) => string[];
}

/** Abstracts that make one long document, about five pages. */
const abstractsInVolume = 8;

/** Fewer characters of an abstract than this in a passage, about a sentence, show nothing of it. */
const leastShown = 100;

/** Abstracts, each a document of its own: what is right is the document. */
export function abstractSet(scifact: Scifact, limit: number): ChunkSet {
  const { documents, queries } = subsetOf(scifact, limit);
  return {
    name: `${documents.length} abstracts, ${queries.length} claims`,
    documents: documents.map(({ id, title, text }) => ({ id, title, blocks: [toBlock(text)] })),
    questions: queries,
    shows: (_, { document }) => [document],
  };
}

/**
 * The same abstracts without their titles, eight one after another as a long document without headings: what is right is a
 * passage with a part of the abstract.
 */
export function volumeSet(scifact: Scifact, limit: number): ChunkSet {
  const { documents: abstracts, queries } = subsetOf(scifact, limit);
  const volumes = new Map<string, ScifactDocument[]>();
  for (const [index, abstract] of abstracts.entries()) {
    const id = `volume-${Math.floor(index / abstractsInVolume)}.txt`;
    volumes.set(id, [...(volumes.get(id) ?? []), abstract]);
  }
  return {
    name: `${volumes.size} documents of ${abstractsInVolume} abstracts, ${queries.length} claims`,
    documents: Array.from(volumes, ([id, parts]) => ({
      id,
      title: id,
      blocks: parts.map(({ text }) => toBlock(text)),
    })),
    questions: queries,
    shows: (_, { document, text }) => abstractsIn(text, volumes.get(document) ?? []),
  };
}

/** The project's own pages with the committed questions: what is right is a passage of the right page that says it. */
export async function pagesSet(vectors: Vectors): Promise<ChunkSet> {
  const { documents } = await readProjectDocs(join(import.meta.dirname, '..'));
  const pages = documents.map(async ({ id, path }) => {
    const { title = id, blocks } = parseMarkdown(await readFile(path, 'utf8'));
    return { id, title, blocks };
  });
  const { answerable } = await readQuestions();
  const asked = await vectors.of(
    answerable.map(({ question }) => question),
    () => {},
  );
  const questions = answerable.map(({ question, ...right }, index) => ({
    id: String(index),
    text: question,
    vector: asked[index]!,
    judged: new Map([['answer', 1]]),
    right,
  }));
  const rights = new Map(questions.map(({ id, right }) => [id, right]));
  return {
    name: `${documents.length} pages of documentation, ${questions.length} questions`,
    documents: await Promise.all(pages),
    questions,
    shows: ({ id }, { document, text }) => {
      const { source, says } = rights.get(id)!;
      const isRight = source.some((page) => document.startsWith(page)) && isSaidIn(text, says);
      return isRight ? ['answer'] : [];
    },
  };
}

/** The abstracts that the paragraphs of a passage are taken from. */
function abstractsIn(passage: string, abstracts: readonly ScifactDocument[]): string[] {
  const paragraphs = passage.split('\n\n').filter(({ length }) => length >= leastShown);
  return abstracts
    .filter(({ text }) => paragraphs.some((paragraph) => text.includes(paragraph)))
    .map(({ id }) => id);
}

function toBlock(text: string): Block {
  return { kind: 'text', text, headings: [] };
}
