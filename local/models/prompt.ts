import { createFrontReader } from './front-reader.ts';

/** A numbered source as it stands in the prompt. */
export interface PromptSource {
  n: number;
  title: string;
  /** Headings above the passage, outermost first, joined as the prompt has them. */
  headings: string;
  text: string;
}

/** What the product's prompt asks, and of which sources. */
export interface Prompt {
  question: string;
  sources: PromptSource[];
}

const opening = /\s*(?:<sources>|Sources:)?\s*/iy;
const sourcePattern = /<source\b([^>]*)>([\s\S]*?)<\/source>\s*/y;
const closing = /(?:<\/sources>)?\s*Question:[ \t]*/iy;
const attributePattern = /([a-z]+)="([^"]*)"/g;
const entities: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Reads the last message of the product's prompt, or undefined if this is some other conversation. */
export function parsePrompt(message: string): Prompt | undefined {
  // From the front: a document cannot hold a tag of its own, but it may hold "Question:", and the question a tag.
  const { read, rest } = createFrontReader(message);
  read(opening);
  const sources: PromptSource[] = [];
  for (let found = read(sourcePattern); found; found = read(sourcePattern)) {
    sources.push(toSource(found[1] ?? '', found[2] ?? '', sources.length + 1));
  }
  const question = read(closing) && rest().trim();
  return question ? { question, sources } : undefined;
}

function toSource(attributes: string, text: string, position: number): PromptSource {
  const named = new Map([...attributes.matchAll(attributePattern)].map(([, key, value]) => [key, value]));
  const read = (key: string): string => unescape(named.get(key) ?? '');
  return {
    n: Number(named.get('n')) || position,
    title: read('title'),
    headings: read('headings'),
    text: unescape(text).trim(),
  };
}

function unescape(text: string): string {
  return text.replace(/&(lt|gt|amp|quot|apos|#39);/g, (whole, name: string) =>
    name === '#39' ? "'" : (entities[name] ?? whole),
  );
}
