import { documentPath, type ApiClient } from '../api/client.ts';
import { errorOf } from '../api/body.ts';
import { networkError } from '../api/error.ts';
import { carryWithProgress } from './carry.ts';
import type { DocumentsApi, SendOptions } from './ports.ts';
import type { DocumentPage, DocumentView } from './types.ts';

/** How long a file may take to be sent, in milliseconds. */
const transferMs = 15 * 60_000;

/** Creates the calls over the page's client. */
export function createDocumentsApi(api: ApiClient, collection: string): DocumentsApi {
  const query = { collection };
  return {
    list: async (page, signal) => {
      const asked = { query: { ...query, ...page }, signal };
      return (await api.json('GET', '/documents', asked)) as DocumentPage;
    },
    put: async (id, file, { signal, onProgress }) => {
      const document = await api.json('PUT', documentPath(id), {
        ...{ query, signal, body: file, beginsWithinMs: transferMs },
        // As bytes, whatever they are: text would travel as UTF-8 and lose what is none. The ending tells the type.
        headers: { 'content-type': 'application/octet-stream' },
        carry: carryWithProgress(onProgress),
      });
      return document as DocumentView;
    },
    sendForm: async (id, file, { signal, onProgress }) => {
      const asked = await api.json('POST', `${documentPath(id)}/upload`, { query, signal });
      const { url, fields } = asked as { url: string; fields: Record<string, string> };
      const form = new FormData();
      for (const [name, value] of Object.entries(fields)) form.set(name, value);
      // The bucket reads no field after the file.
      form.set('file', file);
      await sendToBucket(url, form, { signal, onProgress });
    },
    retry: async (id, signal) => {
      return (await api.json('POST', `${documentPath(id)}/retry`, { query, signal })) as DocumentView;
    },
    remove: async (id, signal) => {
      await api.request('DELETE', documentPath(id), { query, signal });
    },
  };
}

/** The bucket wants no key: the form's fields are signed. */
async function sendToBucket(url: string, body: FormData, { signal, onProgress }: SendOptions): Promise<void> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(transferMs)]);
  const carry = carryWithProgress(onProgress);
  const response = await carry(url, { method: 'POST', body, signal: limited }).catch((error: unknown) => {
    if (signal.aborted) throw signal.reason;
    throw networkError(error);
  });
  if (!response.ok) throw await errorOf(response);
}
