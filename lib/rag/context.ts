import type { DocumentRecord, Hit, Source } from './types.ts';

/** Tokens of sources in a prompt at most. */
const contextTokens = 6_000;

/** Length of a snippet in characters. */
const snippetLength = 240;

/** Tokens of so many characters by the usual ratio of 4.2 each; the true figure comes from the model's usage. */
export function estimateTokens(characters: number): number {
  return Math.ceil(characters / 4.2);
}

/** What is known of a document's served version: the version, or undefined where nothing is served. */
export type KnownVersions = ReadonlyMap<string, string | undefined>;

/** Served versions by document id. */
export function versionsOf(records: Iterable<DocumentRecord>): Map<string, string | undefined> {
  return new Map(Array.from(records, (record) => [record.id, record.version]));
}

/** The best chunks that are not known to be out of date, at most `topK` and within the token budget, best first. */
export function chooseContext(hits: readonly Hit[], known: KnownVersions, topK: number): Hit[] {
  const chosen: Hit[] = [];
  let tokens = 0;
  for (const hit of hits) {
    if (chosen.length === topK) break;
    if (known.has(hit.document) && known.get(hit.document) !== hit.version) continue;
    const cost = estimateTokens(hit.text.length);
    if (tokens + cost > contextTokens) continue;
    tokens += cost;
    chosen.push(hit);
  }
  return chosen;
}

/** The chunks as numbered sources; `records` has every document among them. */
export function toSources(chunks: readonly Hit[], records: ReadonlyMap<string, DocumentRecord>): Source[] {
  return chunks.map((chunk, index) => ({
    n: index + 1,
    document: chunk.document,
    title: chunk.title,
    uri: records.get(chunk.document)?.uri ?? '',
    ...(chunk.page !== undefined && { page: chunk.page }),
    ...(chunk.line !== undefined && { line: chunk.line }),
    headings: chunk.headings,
    chunk: chunk.number,
    score: Math.round(chunk.score * 1e4) / 1e4,
    snippet: toSnippet(chunk.text),
  }));
}

function toSnippet(text: string): string {
  // This is the request path: no need to go through all of a passage for its beginning.
  const start = text.slice(0, 4 * snippetLength);
  const flat = start.replaceAll(/\s+/g, ' ').trim();
  if (flat.length <= snippetLength && start.length === text.length) return flat;
  return `${Array.from(flat.slice(0, snippetLength)).slice(0, -1).join('').trimEnd()}…`;
}
