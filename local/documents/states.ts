import * as z from 'zod';
import { authorization } from '../authorization.ts';

const documentView = z.object({
  id: z.string(),
  state: z.enum(['received', 'parsing', 'embedding', 'ready', 'failed', 'deleted']),
  updatedAt: z.string(),
  chunks: z.number(),
  chunksDone: z.number(),
  reason: z.object({ message: z.string() }).optional(),
});

const page = z.object({ documents: z.array(documentView), next: z.string().optional() });

/** A document as `GET /documents` shows it, as far as it matters here. */
export type DocumentView = z.infer<typeof documentView>;

/** Every document of the collection `main` by id, from the running server. Throws an Error if it does not answer so. */
export async function readStates(
  url: string,
  signal: AbortSignal,
  key?: string,
): Promise<Map<string, DocumentView>> {
  const states = new Map<string, DocumentView>();
  let after: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '100', ...(after !== undefined && { after }) });
    const response = await fetch(`${url}/documents?${query.toString()}`, {
      headers: authorization(key),
      signal,
    });
    if (!response.ok) throw new Error(`The list of documents answered with status ${response.status}.`);
    const { documents, next } = page.parse(await response.json());
    for (const document of documents) states.set(document.id, document);
    after = next;
  } while (after !== undefined);
  return states;
}
