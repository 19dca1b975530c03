import { fingerprint, isNearDuplicate, type Fingerprint } from './duplicates.ts';
import { joinNeighbour, toPassage, type Span } from './neighbours.ts';
import type { DocumentRecord, Hit, Source } from '../types.ts';

/** Tokens of sources in a prompt at most. */
export const contextTokens = 6_000;

/** Length of a snippet in characters. */
const snippetLength = 240;

/** Tokens of so many characters by the usual ratio of 4.2 each; the true figure comes from the model's usage. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4.2);
}

/** What is known of a document's served version: the version, or undefined where nothing is served. */
export type KnownVersions = ReadonlyMap<string, string | undefined>;

/** Served versions by document id. */
export function versionsOf(
  records: Iterable<Pick<DocumentRecord, 'id' | 'version'>>,
): Map<string, string | undefined> {
  return new Map(Array.from(records, (record) => [record.id, record.version]));
}

/**
 * What the model is to read, best first, at most `topK` sources within the token budget: passages that are not known to be
 * out of date, each said once, those that follow each other in a document joined into one source. It ends at the first
 * passage that would need a source too many: what is joined is never weaker than what stands alone.
 */
export function chooseContext(hits: readonly Hit[], known: KnownVersions, topK: number): Hit[] {
  const spans: Span[] = [];
  let tokens = 0;
  for (const hit of firstOfEach(hits, known)) {
    const cost = textTokens(hit.text);
    if (tokens + cost > contextTokens) continue;
    if (joinNeighbour(spans, hit)) {
      tokens += cost;
      continue;
    }
    if (spans.length === topK) break;
    spans.push([hit]);
    tokens += cost + labelTokens(hit);
  }
  return spans.map(toPassage);
}

/** The passages that are in service as far as is known, without those that say again what a better one says. */
function* firstOfEach(hits: readonly Hit[], known: KnownVersions): Generator<Hit, void> {
  const seen: Fingerprint[] = [];
  for (const hit of hits) {
    if (known.has(hit.document) && known.get(hit.document) !== hit.version) continue;
    const print = fingerprint(hit.headings, hit.text);
    if (seen.some((other) => isNearDuplicate(other, print))) continue;
    seen.push(print);
    yield hit;
  }
}

/** Tokens of a text: scripts without spaces take about one a character, which the usual ratio would make a quarter of. */
export function textTokens(text: string): number {
  const dense = denseLength(text);
  return dense + estimateTokens(text.length - dense);
}

/** Characters of a text in scripts without spaces. */
export function denseLength(text: string): number {
  let dense = 0;
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) >= 0x2e80) dense += 1;
  return dense;
}

/** What a source costs beside its text: its tag, with title and headings. */
function labelTokens({ title, headings }: Hit): number {
  return 20 + textTokens(title) + textTokens(headings.join(' > '));
}

/** The chunks as sources, numbered as they come, best first; `records` has every document among them. */
export function toSources(chunks: readonly Hit[], records: ReadonlyMap<string, DocumentRecord>): Source[] {
  return chunks.map((chunk, index) => ({
    n: index + 1,
    document: chunk.document,
    title: chunk.title,
    uri: uriOf(records.get(chunk.document)),
    ...(chunk.page !== undefined && { page: chunk.page }),
    ...(chunk.line !== undefined && { line: chunk.line }),
    headings: chunk.headings,
    chunk: chunk.number,
    ...(chunk.lastNumber !== undefined && { lastChunk: chunk.lastNumber }),
    score: Math.round(chunk.score * 1e4) / 1e4,
    snippet: toSnippet(chunk.text),
  }));
}

/** Where people find a document: what its owner has said, or else where its object stands. */
export function uriOf(record: DocumentRecord | undefined): string {
  return record?.metadata?.uri ?? record?.uri ?? '';
}

function toSnippet(text: string): string {
  // This is the request path: no need to go through all of a passage for its beginning.
  const start = text.slice(0, 4 * snippetLength);
  const flat = start.replaceAll(/\s+/g, ' ').trim();
  if (flat.length <= snippetLength && start.length === text.length) return flat;
  return `${Array.from(flat.slice(0, snippetLength)).slice(0, -1).join('').trimEnd()}…`;
}
