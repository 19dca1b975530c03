import * as z from 'zod';
import type { Contract } from './contract.ts';
import { documentId } from './document-id.ts';
import { collection } from './scope.ts';
import { wholeNumberText } from './whole-number.ts';

/** Which collection a document is in. */
export const targetQuery = z.strictObject({ collection });

/** Which documents are listed. */
export const listQuery = z.strictObject({
  collection,
  limit: wholeNumberText(1, 100).default(50),
  after: documentId.optional(),
  state: z.enum(['received', 'parsing', 'embedding', 'ready', 'failed']).optional(),
});

/** What a form is asked for. */
export const uploadBody = z.strictObject({
  contentType: z.string().min(1).max(200).optional(),
  metadata: z.unknown().optional(),
});

const document = z.lazy(() => {
  const count = z.int().min(0);
  const field = z.union([z.string(), z.number(), z.boolean()]);
  return z
    .strictObject({
      id: z.string(),
      collection: z.string(),
      state: z.enum(['received', 'parsing', 'embedding', 'ready', 'failed']),
      reason: z
        .strictObject({ code: z.string(), message: z.string(), whatToDo: z.string() })
        .optional()
        .describe('Why it failed, and what helps.'),
      title: z.string(),
      uri: z.string(),
      version: z.string().optional().describe('The one that is served, once there is one.'),
      contentType: z.string().optional(),
      metadata: z
        .strictObject({
          title: z.string().optional(),
          uri: z.string().optional(),
          date: z.iso.date().optional(),
          tags: z.array(z.string()).optional(),
          fields: z.record(z.string(), field),
        })
        .optional(),
      size: count.optional().describe('Bytes.'),
      etag: z.string().optional(),
      chunks: count,
      chunksDone: count,
      attempts: count,
      answersPurgedAt: z.iso.datetime().optional(),
      createdAt: z.iso.datetime(),
      updatedAt: z.iso.datetime(),
    })
    .meta({ id: 'Document' });
});

/** What a put may say instead of its document's type, which the id's ending then tells. */
const bytes = 'application/octet-stream';

/** What the routes of `/documents` take and give. */
export function documentContracts(contentTypes: readonly string[]) {
  const one = {
    path: '/documents/{id}',
    parameters: { path: z.object({ id: documentId }), query: targetQuery },
  };
  const shown = (description: string) => ({ description, content: { 'application/json': document } });
  return {
    list: (): Contract => ({
      path: '/documents',
      operation: 'listDocuments',
      summary: 'The documents of a collection by id, page by page.',
      parameters: { query: listQuery },
      responses: {
        200: {
          description: 'A page.',
          content: {
            'application/json': z.strictObject({
              documents: z.array(document),
              next: z.string().optional().describe('What the next page comes `after`, if there is one.'),
            }),
          },
        },
      },
    }),
    get: (): Contract => ({
      ...one,
      operation: 'getDocument',
      summary: 'What is known of a document.',
      responses: { 200: shown('The document.') },
    }),
    put: (): Contract => ({
      ...one,
      operation: 'putDocument',
      summary: 'Takes a document of at most 4 MB, which is then read in the background.',
      parameters: {
        ...one.parameters,
        header: z.object({
          'x-raglan-metadata': z.string().optional().describe('JSON, percent-encoded.'),
        }),
      },
      body: { content: Object.fromEntries([...contentTypes, bytes].map((type) => [type, z.unknown()])) },
      responses: { 202: shown('It was taken.') },
    }),
    delete: (): Contract => ({
      ...one,
      operation: 'deleteDocument',
      summary: 'Deletes a document. From then on, no new answer cites it.',
      responses: { 204: { description: 'It is gone.' } },
    }),
    upload: (): Contract => ({
      ...one,
      path: '/documents/{id}/upload',
      operation: 'createUpload',
      summary: 'A form that takes a document of at most 100 MB.',
      body: { content: { 'application/json': uploadBody }, isOptional: true },
      responses: {
        201: {
          description: 'Where to send it, and with which fields before the file.',
          content: {
            'application/json': z.strictObject({
              url: z.string(),
              fields: z.record(z.string(), z.string()),
              expiresInSeconds: z.int().min(1),
            }),
          },
        },
      },
    }),
    retry: (): Contract => ({
      ...one,
      path: '/documents/{id}/retry',
      operation: 'retryDocument',
      summary: 'Has a document read anew.',
      responses: { 202: shown('It will be.') },
    }),
  };
}
