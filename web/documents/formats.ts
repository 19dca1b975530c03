/** Endings of files that can be read, as docs/documents.md lists them; the server goes by them too. */
export const endings = [
  ...['md', 'markdown', 'txt', 'text', 'html', 'htm', 'pdf', 'docx'],
  ...['csv', 'tsv', 'json', 'jsonl', 'ndjson'],
] as const;

/** The same in words for a person. */
export const formatsInWords = 'Markdown, HTML, PDF, Word (.docx), CSV, JSON, JSON Lines or plain text';

/** Bytes of the largest document. */
export const maxDocumentBytes = 100 * 1024 * 1024;

/** What keeps a file's name or size from being a document's, as a sentence; undefined if nothing does. */
export function problemOfFormat({ id, bytes }: { id: string; bytes: number }): string | undefined {
  const ending = /\.([a-z]+)$/i.exec(id)?.[1]?.toLowerCase();
  if (!endings.some((known) => known === ending)) return `It is not ${formatsInWords}.`;
  if (bytes === 0) return 'It is empty.';
  if (bytes > maxDocumentBytes) return 'It is larger than 100 MB. Split it and put in the parts.';
  return undefined;
}
