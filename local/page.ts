import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PageFile } from '../web/build.ts';
import { pageHeaders } from '../web/headers.ts';

/** Answers a request for a file of the page; undefined if it is for somebody else. */
export type FileServer = (request: IncomingMessage, response: ServerResponse) => Promise<void> | undefined;

export interface PageOptions {
  build: () => Promise<PageFile[]>;
  /** Hears once of a page that could not be built. */
  onFailure(error: unknown): void;
}

/** The page, served to `GET` and `HEAD` of `/` and `/assets/`. */
export interface Page {
  serve: FileServer;
  /** Names the origins that the page calls besides its own. Requests wait for it, since the policy they get says so. */
  allow(origins: readonly string[]): void;
}

interface ServedPage {
  files: ReadonlyMap<string, PageFile & { etag: string }>;
  headers: Record<string, string>;
}

/** Begins to build the page. Requests that come before the end wait for it; if it fails, they are told why. */
export function createPage(options: PageOptions): Page {
  const connect = Promise.withResolvers<readonly string[]>();
  const opened = options.build().then(async (files) => toServed(files, await connect.promise));
  opened.catch((error: unknown) => options.onFailure(error));
  return {
    allow: connect.resolve,
    serve: (request, response) => {
      const [path = '/'] = (request.url ?? '/').split('?', 1);
      const isOurs = path === '/' || path.startsWith('/assets/');
      if (!isOurs || (request.method !== 'GET' && request.method !== 'HEAD')) return undefined;
      return opened.then(
        (page) => send(page, path === '/' ? '/index.html' : path, request, response),
        (error: unknown) => sendText(response, 500, `The page could not be built.\n\n${textOf(error)}\n`),
      );
    },
  };
}

function toServed(files: readonly PageFile[], connect: readonly string[]): ServedPage {
  return {
    files: new Map(files.map((file) => [file.path, { ...file, etag: etagOf(file.bytes) }])),
    headers: pageHeaders({ connect }),
  };
}

function send(page: ServedPage, path: string, request: IncomingMessage, response: ServerResponse): void {
  const file = page.files.get(path);
  if (file === undefined) return sendText(response, 404, 'The page has no such file.\n');
  const { etag, contentType, cacheControl, bytes } = file;
  const headers = { ...page.headers, etag, 'cache-control': cacheControl };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return undefined;
  }
  response.writeHead(200, { ...headers, 'content-type': contentType, 'content-length': bytes.byteLength });
  response.end(request.method === 'HEAD' ? undefined : bytes);
  return undefined;
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(text);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function etagOf(bytes: Uint8Array): string {
  return `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`;
}
