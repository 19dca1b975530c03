import type { Context, LambdaFunctionURLEvent } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installAwsLambda } from '../../../local/lambda/awslambda.ts';
import { startFunctionUrl, type FunctionUrl } from '../../../local/lambda/function-url.ts';

let server: FunctionUrl;
let received: { event: LambdaFunctionURLEvent; context: Context };

beforeAll(async () => {
  installAwsLambda();
  server = await startFunctionUrl(0, {
    handler: awslambda.streamifyResponse(async (event: LambdaFunctionURLEvent, stream, context: Context) => {
      received = { event, context };
      stream.end('ok');
    }),
    functionName: 'api',
    timeoutMs: 20_000,
    onFailure: () => undefined,
  });
});

afterAll(() => server.close());

it('leaves path and query as they were sent, and reads the parameters', async () => {
  await (await fetch(`${server.url}/documents/a%2Fb%20c?x=1&y=%20z&x=2`)).text();
  const { event } = received;
  expect(event.version).toBe('2.0');
  expect(event.rawPath).toBe('/documents/a%2Fb%20c');
  expect(event.rawQueryString).toBe('x=1&y=%20z&x=2');
  expect(event.queryStringParameters).toEqual({ x: '1,2', y: ' z' });
  expect(event.requestContext.http).toMatchObject({ method: 'GET', path: '/documents/a%2Fb%20c' });
  expect(event.isBase64Encoded).toBe(false);
  expect(event).not.toHaveProperty('body');
});

it('lower-cases headers and lifts the cookies out of them', async () => {
  await (await fetch(server.url, { headers: { 'X-One': 'A', Cookie: 'a=1; b=2' } })).text();
  expect(received.event.headers).toMatchObject({ 'x-one': 'A', 'x-forwarded-proto': 'http' });
  expect(received.event.headers).not.toHaveProperty('cookie');
  expect(received.event.cookies).toEqual(['a=1', 'b=2']);
});

it.each([
  ['application/json; charset=utf-8', {}, '{"q":"é"}', false],
  ['text/markdown', {}, '# é', false],
  ['application/pdf', {}, '%PDF', true],
  ['application/json', { 'content-encoding': 'gzip' }, 'zipped', true],
])('hands over a body of type %s with %o', async (type, headers, body, isBase64Encoded) => {
  const response = await fetch(server.url, {
    method: 'PUT',
    body,
    headers: { 'content-type': type, ...headers },
  });
  await response.text();
  expect(received.event.isBase64Encoded).toBe(isBase64Encoded);
  const bytes = Buffer.from(received.event.body ?? '', isBase64Encoded ? 'base64' : 'utf8');
  expect(bytes.toString('utf8')).toBe(body);
});

it('gives a context with the time that is left and the id of the request', async () => {
  const response = await fetch(server.url);
  const { event, context } = received;
  expect(context.functionName).toBe('api');
  expect(context.awsRequestId).toBe(event.requestContext.requestId);
  expect(response.headers.get('x-amzn-requestid')).toBe(context.awsRequestId);
  expect(context.getRemainingTimeInMillis()).toBeGreaterThan(15_000);
  expect(context.getRemainingTimeInMillis()).toBeLessThanOrEqual(20_000);
});
