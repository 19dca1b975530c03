import type { buildApp } from 'fauxqs';
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopbackHost, isLoopbackUrl } from '../loopback.ts';

type App = ReturnType<typeof buildApp>;

/**
 * Refuses what a page in a browser could send here: requests under a name that is not this machine's, and requests with
 * an `Origin`, since fauxqs checks no signature. The one thing a page is meant to do is upload by a presigned form, and
 * it may if it was itself served from this machine.
 */
export function guardAgainstBrowsers(app: App): void {
  // CORS preflights have no route in fauxqs; hooks only run where there is one.
  app.options('/*', (_request, reply) => reply.code(204).send());
  app.addHook('onRequest', async (request, reply) => {
    const { host, origin } = request.headers;
    if (!isLoopbackHost(host)) return reply.code(403).send();
    if (origin === undefined) return undefined;
    if (!isLoopbackUrl(origin) || !isFormUpload(request)) return reply.code(403).send();
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type',
      'access-control-expose-headers': 'etag',
      vary: 'origin',
    });
    return undefined;
  });
}

/** `POST /bucket` with a form, or the preflight that asks for it. */
function isFormUpload(request: { method: string; url: string; headers: IncomingHttpHeaders }): boolean {
  if (!/^\/[^/?]+\/?$/.test(request.url)) return false;
  if (request.method === 'OPTIONS') return request.headers['access-control-request-method'] === 'POST';
  return request.method === 'POST' && /^multipart\/form-data\b/i.test(request.headers['content-type'] ?? '');
}
