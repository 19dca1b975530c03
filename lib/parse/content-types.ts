/** Media types that are read, without parameters. */
export const contentTypes = ['text/plain', 'text/markdown', 'text/html', 'application/pdf'] as const;

/** One of them. */
export type ContentType = (typeof contentTypes)[number];

/** Whether documents of this media type are read. */
export function isReadable(contentType: string): contentType is ContentType {
  return (contentTypes as readonly string[]).includes(contentType);
}
