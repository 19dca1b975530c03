/** Media types by file ending, for callers that do not name one (`curl -T guide.md …/documents/guide.md`). */
const byEnding: Record<string, string> = {
  txt: 'text/plain',
  text: 'text/plain',
  md: 'text/markdown',
  markdown: 'text/markdown',
  html: 'text/html',
  htm: 'text/html',
  pdf: 'application/pdf',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  csv: 'text/csv',
  tsv: 'text/tab-separated-values',
  json: 'application/json',
  jsonl: 'application/jsonl',
  ndjson: 'application/x-ndjson',
};

/** The media type that was sent, without parameters, or else the one that the id's ending stands for. */
export function documentMediaType(sent: string | undefined, id: string): string | undefined {
  const type = sent?.split(';', 1)[0]?.trim().toLowerCase();
  const says = type && type !== 'application/octet-stream' && type !== 'application/x-www-form-urlencoded';
  if (says) return type;
  const ending = /\.([a-z]+)$/i.exec(id)?.[1]?.toLowerCase() ?? '';
  return byEnding[ending] ?? type;
}
