import * as z from 'zod';
import { RagError } from '../rag/errors.ts';
import type { CallOptions } from '../rag/ports/call.ts';
import type { DocumentBucket } from '../rag/ports/originals.ts';
import type { DocumentStore } from '../rag/ports/documents.ts';
import type { Retire } from '../rag/ingest/retire.ts';
import { documentMediaType } from '../rag/ingest/media-types.ts';
import type { RetryDocument } from '../rag/ingest/retry-document.ts';
import type { DocumentRecord, Scope } from '../rag/types.ts';
import type { Contract } from './contract.ts';
import { documentContracts, listQuery, targetQuery, uploadBody } from './document-contracts.ts';
import { documentId } from './document-id.ts';
import { attributesOfBody, attributesOfHeaders, hasMetadataOf } from './document-metadata.ts';
import { toView } from './document-view.ts';
import { maxBodyBytes, parseInput, parseJsonBody, type HttpRequest } from './request.ts';
import { json, nothing, type HttpResponse } from './response.ts';
import { readBeside } from './read-beside.ts';
import type { CallerRequest, Route } from './router.ts';
import { timed } from './timed.ts';

/** The use case and ports behind `/documents`. */
export interface DocumentRoutesDependencies {
  bucket: DocumentBucket;
  documents: DocumentStore;
  retire: Retire;
  retryDocument: RetryDocument;
  /** Media types that can be read. */
  contentTypes: readonly string[];
}

interface Target {
  scope: Scope;
  id: string;
}

/** The routes of `/documents`. */
export function createDocumentRoutes(deps: DocumentRoutesDependencies): Route[] {
  const onOne = (
    method: 'GET' | 'PUT' | 'POST' | 'DELETE',
    suffix: string,
    contract: () => Contract,
    handle: (target: Target, request: HttpRequest, options: CallOptions) => Promise<HttpResponse>,
  ): Route => ({
    method,
    // Without a suffix it is any id, but no path that another route ends.
    pattern: new RegExp(`^/documents/(?<id>.+?)${suffix || '(?<!/upload|/retry|/chunks/\\d+)'}$`),
    contract,
    handle: (request, { id }) => {
      const query = parseInput(Object.fromEntries(request.query), targetQuery);
      const target = {
        scope: request.caller.scopeOf(query.collection),
        id: parseInput({ id }, z.object({ id: documentId })).id,
      };
      const work = (options: CallOptions) => handle(target, request, options);
      return timed((options) =>
        method === 'GET'
          ? permittedRead(request, query.collection, options, work)
          : permittedWrite(request, query.collection, options, work),
      );
    },
  });

  const contracts = documentContracts(deps.contentTypes);

  return [
    {
      method: 'GET',
      pattern: /^\/documents\/?$/,
      contract: contracts.list,
      handle: (request) =>
        timed(async (options) => {
          const query = parseInput(Object.fromEntries(request.query), listQuery);
          const scope = request.caller.scopeOf(query.collection);
          return permittedRead(request, query.collection, options, (options) =>
            list(deps, scope, query, options),
          );
        }),
    },
    onOne('POST', '/upload', contracts.upload, async (target, request) => {
      const body = request.body.length === 0 ? {} : parseJsonBody(request, uploadBody);
      const contentType = readable(deps, body.contentType, target.id);
      const own = attributesOfBody(body.metadata);
      return json(201, await deps.bucket.uploadForm(target, { contentType, ...(own && { own }) }));
    }),
    onOne('POST', '/retry', contracts.retry, async (target, _, options) => {
      if (!(await deps.retryDocument(target, options))) throw missing();
      return json(202, toView(await existing(deps, target, options)));
    }),
    onOne('PUT', '', contracts.put, (target, request, options) => put(deps, target, request, options)),
    onOne('GET', '', contracts.get, async (target, _, options) =>
      json(200, toView(await existing(deps, target, options))),
    ),
    onOne('DELETE', '', contracts.delete, async (target, _, options) => {
      if (!(await deps.retire(target, options))) throw missing();
      return nothing();
    }),
  ];
}

async function list(
  { documents: store }: DocumentRoutesDependencies,
  scope: Scope,
  { limit, after, state }: z.infer<typeof listQuery>,
  options: CallOptions,
): Promise<HttpResponse> {
  const page = { scope, limit, ...(after !== undefined && { after }), ...(state !== undefined && { state }) };
  const { documents, next } = await store.list(page, options);
  return json(200, { documents: documents.map(toView), ...(next !== undefined && { next }) });
}

async function put(
  deps: DocumentRoutesDependencies,
  target: Target,
  request: HttpRequest,
  options: CallOptions,
): Promise<HttpResponse> {
  const contentType = readable(deps, request.headers['content-type'], target.id);
  if (request.body.length > maxBodyBytes) {
    const upload = uploadPath(request);
    throw new RagError(
      'too_large',
      `The document is larger than 4 MB. Ask POST ${upload} for a form that takes it.`,
      { details: { upload } },
    );
  }
  refuseDamaged(request);
  const own = attributesOfHeaders(request.headers);
  const putAt = new Date().toISOString();
  const object = { body: request.body, contentType, ...(own && { own }) };
  const { version } = await deps.bucket.put(target, object, options);
  const known = await deps.documents.get(target, options);
  // What is served already changes nothing, so nothing would come to end a state of `received`.
  const isSame = known?.state === 'ready' && known.etag === version && known.contentType === contentType;
  if (isSame) {
    const head = await deps.bucket.head(target, options);
    if (hasMetadataOf(known, head?.attributes)) return json(202, toView(known));
  }
  await deps.documents.receive({ ...target, uri: deps.bucket.uri(target) }, putAt, options);
  return json(202, toView(await existing(deps, target, options)));
}

/** Text in another encoding than UTF-8 has lost its letters on the way, which nobody would notice before an answer is wrong. */
function refuseDamaged(request: HttpRequest): void {
  if (!request.isText || !request.body.includes('\uFFFD')) return;
  const upload = uploadPath(request);
  throw new RagError(
    'invalid_request',
    `The text is not UTF-8, or holds U+FFFD. Send it with the header content-type: application/octet-stream if the id's ending tells its type, or else by the form of POST ${upload}.`,
    { details: { upload } },
  );
}

/** Of the same document in the same collection, encoded as it came. */
function uploadPath({ path, query }: HttpRequest): string {
  return `${path}/upload${query.size > 0 ? `?${query.toString()}` : ''}`;
}

function readable(deps: DocumentRoutesDependencies, sent: string | undefined, id: string): string {
  const contentType = documentMediaType(sent, id);
  if (contentType && deps.contentTypes.includes(contentType)) return contentType;
  const known = deps.contentTypes.join(', ');
  throw new RagError('unsupported_media_type', `Send the document's content-type, one of: ${known}.`);
}

async function existing(
  deps: DocumentRoutesDependencies,
  target: Target,
  options: CallOptions,
): Promise<DocumentRecord> {
  const record = await deps.documents.get(target, options);
  if (!record || record.state === 'deleted') throw missing();
  return record;
}

function missing(): RagError {
  return new RagError('not_found', 'There is no such document.');
}

type Work = (options: CallOptions) => Promise<HttpResponse>;

/** Who may ask may see what the answers are made of. */
async function permittedRead(
  { caller }: CallerRequest,
  collection: string,
  options: CallOptions,
  work: Work,
): Promise<HttpResponse> {
  return readBeside(options, (options) => caller.permit({ scope: 'ask', collection }, options), work);
}

async function permittedWrite(
  { caller }: CallerRequest,
  collection: string,
  options: CallOptions,
  work: Work,
): Promise<HttpResponse> {
  await caller.permit({ scope: 'write', collection }, options);
  return work(options);
}
