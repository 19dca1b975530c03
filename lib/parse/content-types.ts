/** Media types that are read, without parameters. JSON Lines has no registered name, so it goes by both that are in use. */
export const contentTypes = [
  'text/plain',
  'text/markdown',
  'text/html',
  'application/pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  'text/csv',
  'text/tab-separated-values',
  'application/json',
  'application/jsonl',
  'application/x-ndjson',
] as const;

/** One of them. */
export type ContentType = (typeof contentTypes)[number];

/** Whether documents of this media type are read. */
export function isReadable(contentType: string): contentType is ContentType {
  return (contentTypes as readonly string[]).includes(contentType);
}
