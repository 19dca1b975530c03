import type { OnProgress } from './ports.ts';

/** Carries a request as `fetch` does, and tells how much of its body is sent, which `fetch` cannot. */
export function carryWithProgress(
  onProgress: OnProgress,
): (url: string, init: RequestInit) => Promise<Response> {
  return (url, { method = 'GET', headers, body, signal }) => {
    const { promise, resolve, reject } = Promise.withResolvers<Response>();
    const request = new XMLHttpRequest();
    const giveUp = () => {
      request.abort();
      reject(signal?.reason as Error);
    };
    request.open(method, url);
    for (const [name, value] of new Headers(headers)) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(loaded, total));
    request.addEventListener('load', () => resolve(toResponse(request)));
    request.addEventListener('error', () => reject(new TypeError('The server could not be reached.')));
    if (signal?.aborted) giveUp();
    else {
      signal?.addEventListener('abort', giveUp, { once: true });
      request.send(body as XMLHttpRequestBodyInit);
    }
    return promise.finally(() => signal?.removeEventListener('abort', giveUp));
  };
}

function toResponse(request: XMLHttpRequest): Response {
  const { status, responseText } = request;
  const lines = request.getAllResponseHeaders().trim().split(/\r?\n/);
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  const known = headers.filter(([name]) => name !== '');
  // A Response of these statuses must not have a body, not even an empty one.
  const body = [204, 205, 304].includes(status) ? null : responseText;
  return new Response(body, { status, headers: known });
}
