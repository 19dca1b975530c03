/** Media types by file ending, for those who do not name one (`curl -T guide.md …`, `aws s3 cp guide.md …`). */
const byEnding: Readonly<Record<string, string>> = {
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

/** What clients say that do not know: curl's own for any body, S3's and its command line's for any file. */
const nothing = ['application/x-www-form-urlencoded', 'application/octet-stream', 'binary/octet-stream'];

/** The media type that was sent, without parameters, or else the one that the id's ending stands for. */
export function documentMediaType(sent: string | undefined, id: string): string | undefined {
  const type = sent?.split(';', 1)[0]?.trim().toLowerCase();
  if (type && !nothing.includes(type)) return type;
  const ending = /\.([a-z]+)$/i.exec(id)?.[1]?.toLowerCase() ?? '';
  return byEnding[ending] ?? type;
}
