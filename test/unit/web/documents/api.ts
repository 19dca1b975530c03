import { vi } from 'vitest';
import type { DocumentsApi } from '../../../../web/documents/ports.ts';
import { createRows } from '../../../../web/documents/rows.ts';
import { documentOf } from './documents.ts';

/** Calls of the API that a test answers; each is refused unless it is told otherwise. */
export function createApi() {
  const refuse = () => Promise.reject(new Error('Nobody told what this call answers.'));
  return {
    list: vi.fn<DocumentsApi['list']>(refuse),
    put: vi.fn<DocumentsApi['put']>(refuse),
    sendForm: vi.fn<DocumentsApi['sendForm']>(refuse),
    retry: vi.fn<DocumentsApi['retry']>(async (id) => documentOf(id, { state: 'received' })),
    remove: vi.fn<DocumentsApi['remove']>(refuse),
  };
}

/** Rows of which nobody hears. */
export function quietRows() {
  return createRows(() => {});
}
