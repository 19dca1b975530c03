import type { LambdaFunctionURLEvent } from 'aws-lambda';
import type { IncomingMessage } from 'node:http';

/** Media types whose bodies the platform hands over as text; everything else comes as base64. */
const textTypes = /^(text\/.*|application\/(json|xml|javascript))$/;

/**
 * A request as a function URL hands it to the function: payload format 2.0
 * (https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads).
 */
export function toFunctionUrlEvent(
  request: IncomingMessage,
  { body, requestId }: { body: Buffer; requestId: string },
): LambdaFunctionURLEvent {
  const [rawPath, rawQueryString] = splitTarget(request.url ?? '/');
  const host = request.headers.host ?? 'localhost';
  const now = new Date();
  const http = {
    method: request.method ?? 'GET',
    path: rawPath,
    protocol: `HTTP/${request.httpVersion}`,
    sourceIp: request.socket.remoteAddress ?? '127.0.0.1',
    userAgent: request.headers['user-agent'] ?? '',
  };
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    ...toCookies(request),
    headers: toHeaders(request),
    ...toQuery(rawQueryString),
    requestContext: {
      accountId: 'anonymous',
      apiId: 'local',
      domainName: host,
      domainPrefix: 'local',
      http,
      requestId,
      routeKey: '$default',
      stage: '$default',
      time: now.toUTCString(),
      timeEpoch: now.getTime(),
    },
    ...toBody(request, body),
  };
}

function splitTarget(target: string): [path: string, query: string] {
  const mark = target.indexOf('?');
  return mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}

/** Node has lower-cased the names and joined most repeated headers already; cookies travel in a field of their own. */
function toHeaders(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {
    'x-forwarded-for': request.socket.remoteAddress ?? '127.0.0.1',
    'x-forwarded-proto': 'http',
    'x-forwarded-port': String(request.socket.localPort ?? ''),
  };
  for (const [name, value] of Object.entries(request.headers)) {
    if (value === undefined || name === 'cookie') continue;
    headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return headers;
}

function toCookies(request: IncomingMessage): { cookies?: string[] } {
  const { cookie } = request.headers;
  return cookie === undefined ? {} : { cookies: cookie.split(/;\s*/) };
}

function toQuery(rawQueryString: string): { queryStringParameters?: Record<string, string> } {
  if (rawQueryString === '') return {};
  const parameters: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const earlier = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    parameters[name] = earlier === undefined ? value : `${earlier},${value}`;
  }
  return { queryStringParameters: parameters };
}

function toBody(request: IncomingMessage, body: Buffer): { body?: string; isBase64Encoded: boolean } {
  if (body.length === 0) return { isBase64Encoded: false };
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const isText = textTypes.test(mediaType) && request.headers['content-encoding'] === undefined;
  return { body: body.toString(isText ? 'utf8' : 'base64'), isBase64Encoded: !isText };
}
