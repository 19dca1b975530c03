import type { DocumentView } from '../../../../web/documents/types.ts';

/** A document as the API shows it; one that is ready unless said. */
export function documentOf(id: string, fields: Partial<DocumentView> = {}): DocumentView {
  return {
    ...{ id, collection: 'main', state: 'ready', title: id, uri: `s3://documents/${id}` },
    ...{ chunks: 1, chunksDone: 0, attempts: 1 },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
    ...fields,
  };
}
