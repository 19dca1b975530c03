import type { Block } from '../rag/ports/originals.ts';

/** Where a block stands in its source, as far as the format knows. */
export interface Place {
  page?: number;
  line?: number;
}

/** Blocks in reading order, each under the headings that stand above it. */
export interface Outline {
  readonly blocks: Block[];
  /** Text of the first heading of level 1, if one came by. */
  readonly firstTopHeading: string | undefined;
  /** `level` is 1 for the highest; the heading stays above what follows until one of its level or a higher one comes. */
  heading(level: number, text: string, place?: Place): void;
  /** What follows stands no longer below the last heading of this level or a lower one. */
  leave(level: number): void;
  /** Leaves out what has no text. */
  add(kind: Exclude<Block['kind'], 'heading'>, text: string, place?: Place): void;
}

/**
 * Longer "headings" are paragraphs by accident (a rule of dashes under a paragraph makes one in Markdown). They would
 * be repeated in every chunk below them.
 */
const longestHeading = 200;

/** An empty outline. `sourceLine` is for readers that are not given the source as it is: the line that a line of theirs comes from. */
export function createOutline(sourceLine = (line: number): number => line): Outline {
  const blocks: Block[] = [];
  const path: { level: number; text: string }[] = [];
  let firstTopHeading: string | undefined;

  function leave(level: number): void {
    while (path.length > 0 && path[path.length - 1]!.level >= level) path.pop();
  }

  function add(kind: Block['kind'], text: string, { page, line }: Place = {}): void {
    if (text.trim() === '') return;
    blocks.push({
      kind,
      text,
      headings: path.map((heading) => heading.text),
      ...(page !== undefined && { page }),
      ...(line !== undefined && { line: sourceLine(line) }),
    });
  }

  return {
    blocks,
    get firstTopHeading() {
      return firstTopHeading;
    },
    heading(level, text, place) {
      const heading = text.replace(/\s+/g, ' ').trim();
      if (heading === '') return;
      if (heading.length > longestHeading) {
        add('text', heading, place);
        return;
      }
      leave(level);
      path.push({ level, text: heading });
      if (level === 1) firstTopHeading ??= heading;
      add('heading', heading, place);
    },
    leave,
    add,
  };
}
