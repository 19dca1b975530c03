import * as z from 'zod';
import { problemOfId } from '../rag/ingest/acceptance.ts';

/** Id of a document. One spelling is one document, so it is composed first: that can make it longer. */
export const documentId = z
  .string()
  .normalize('NFC')
  .superRefine((id, context) => {
    const message = problemOfId(id);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
