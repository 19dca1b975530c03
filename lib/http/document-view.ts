import type { DocumentRecord } from '../rag/types.ts';

const splitIt = 'Split it and put the parts.';

/** What to do about a document that failed by itself; what failed around it is another matter. */
const whatToDo: Readonly<Record<string, string>> = {
  unreadable_document: 'Check that it opens, and that its content type is the right one.',
  encrypted_document: 'Remove the password and put it again.',
  no_text: 'If it is a scan, run OCR over it and put it again.',
  too_large: splitIt,
  too_complex: splitIt,
  invalid_metadata: 'Correct its metadata where it stands and put it again.',
  interrupted: 'Have it read anew once; if that ends the same way, split it and put the parts.',
  unsupported_media_type: 'Convert it to a format that can be read and put it again.',
};

/** A record as callers see it; the lock is ours alone. A failed one says what to do. */
export function toView({
  scope,
  revision: _revision,
  reason,
  ...record
}: DocumentRecord): Record<string, unknown> {
  return {
    ...record,
    collection: scope.split('/')[1],
    ...(reason && { reason: { ...reason, whatToDo: whatToDo[reason.code] ?? retryIt(record.id) } }),
  };
}

function retryIt(id: string): string {
  return `Once that works again, have it read anew: POST ${documentPath(id)}/retry`;
}

/** Path of a document, as it is written in a URL. */
export function documentPath(id: string): string {
  return `/documents/${id.split('/').map(encodeURIComponent).join('/')}`;
}
