import { describe, expect, it } from 'vitest';
import type { Scene } from './describe-http.ts';

interface ErrorBody {
  error: { code: string; message: string; requestId: string; retryable: boolean; upload?: string };
}

const ask = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const put = (
  contentType: string | undefined,
  body: string | Uint8Array<ArrayBuffer> = 'text',
): RequestInit => ({
  method: 'PUT',
  body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  headers: contentType === undefined ? {} : { 'content-type': contentType },
});
const question = 'Anything?';
const long = 'x'.repeat(4_001);
const upload = { method: 'POST', headers: { 'content-type': 'application/json' } };

/** What is sent, the status, the code, and what the message has to say. */
const cases: [what: string, path: string, init: RequestInit, status: number, code: string, says: RegExp][] = [
  ['no JSON', '/ask', ask('{"question":'), 400, 'invalid_request', /JSON/],
  ['nothing at all', '/ask', ask(''), 400, 'invalid_request', /JSON/],
  ['a list', '/ask', ask([question]), 400, 'invalid_request', /object/],
  ['null', '/ask', ask('null'), 400, 'invalid_request', /object/],
  ['no question', '/ask', ask({}), 400, 'invalid_request', /question/],
  [
    'a question that is a number',
    '/ask',
    ask({ question: 7 }),
    400,
    'invalid_request',
    /^question: must be a text$/,
  ],
  ['an empty question', '/ask', ask({ question: '' }), 400, 'invalid_request', /question.*empty/],
  ['a question of spaces', '/ask', ask({ question: ' \n\t ' }), 400, 'invalid_request', /question.*empty/],
  ['4,001 characters', '/ask', ask({ question: long }), 400, 'invalid_request', /4,000/],
  ['an unknown field', '/ask', ask({ question, temperature: 1 }), 400, 'invalid_request', /temperature/],
  ['topK 0', '/ask', ask({ question, topK: 0 }), 400, 'invalid_request', /topK/],
  ['topK 21', '/ask', ask({ question, topK: 21 }), 400, 'invalid_request', /topK/],
  ['topK 2.5', '/ask', ask({ question, topK: 2.5 }), 400, 'invalid_request', /topK/],
  ['a cache nobody knows', '/ask', ask({ question, cache: 'maybe' }), 400, 'invalid_request', /cache/],
  ['stream as a word', '/ask', ask({ question, stream: 'yes' }), 400, 'invalid_request', /stream/],
  [
    'another collection path',
    '/ask',
    ask({ question, collection: '../x' }),
    400,
    'invalid_request',
    /collection/,
  ],
  [
    'a system turn',
    '/ask',
    ask({ question, history: [{ role: 'system', content: 'x' }] }),
    400,
    'invalid_request',
    /history/,
  ],
  [
    '21 turns',
    '/ask',
    ask({ question, history: Array(21).fill({ role: 'user', content: 'x' }) }),
    400,
    'invalid_request',
    /history/,
  ],
  [
    'JSON as text',
    '/ask',
    { ...ask({ question }), headers: { 'content-type': 'text/plain' } },
    415,
    'unsupported_media_type',
    /application\/json/,
  ],
  [
    'a form',
    '/ask',
    { method: 'POST', body: new URLSearchParams({ question }) },
    415,
    'unsupported_media_type',
    /application\/json/,
  ],
  ['an unknown path', '/nowhere', {}, 404, 'not_found', /path/],
  ['an encoded slash in a route', '/ask%2F', ask({ question }), 404, 'not_found', /path/],
  ['a document that is none', '/documents/never-put.txt', {}, 404, 'not_found', /document/],
  [
    'a type nobody reads',
    '/documents/x.png',
    put('image/png'),
    415,
    'unsupported_media_type',
    /application\/pdf/,
  ],
  [
    'no type and no known ending',
    '/documents/x',
    put(undefined),
    415,
    'unsupported_media_type',
    /text\/markdown/,
  ],
  [
    'an upload of a type nobody reads',
    '/documents/x.zip/upload',
    { ...upload, body: '{}' },
    415,
    'unsupported_media_type',
    /application\/pdf/,
  ],
  ['an id with a parent', '/documents/a%2F..%2Fb.txt', put('text/plain'), 400, 'invalid_request', /id/],
  ['an id with an empty name', '/documents/a%2F%2Fb.txt', put('text/plain'), 400, 'invalid_request', /id/],
  ['an id with a zero byte', '/documents/a%00b.txt', put('text/plain'), 400, 'invalid_request', /id/],
  [
    'an id that cannot be decoded',
    '/documents/%E0%A4%A.txt',
    put('text/plain'),
    400,
    'invalid_request',
    /encoding/,
  ],
  [
    'an id of 301 characters',
    `/documents/${'x'.repeat(301)}`,
    put('text/plain'),
    400,
    'invalid_request',
    /300/,
  ],
  ['an unknown query', '/documents?order=size', {}, 400, 'invalid_request', /order/],
  ['limit 0', '/documents?limit=0', {}, 400, 'invalid_request', /limit/],
  ['limit as a word', '/documents?limit=all', {}, 400, 'invalid_request', /limit/],
  ['an unknown collection', '/documents?collection=A_B', {}, 400, 'invalid_request', /collection/],
];

/** What callers get wrong: always a true status and an error that names what to do, never more. */
export function badInputSuite(scene: Scene): void {
  describe('bad input', () => {
    it.each(cases)('%s', async (_, path, init, status, code, says) => {
      const { error } = await expectError(await scene.target.fetch(path, init), status);
      expect(error.code).toBe(code);
      expect(error.message).toMatch(says);
      expect(error.retryable).toBe(false);
    });

    it.each([
      ['GET', '/ask', ['POST']],
      ['POST', '/health', ['GET']],
      ['PATCH', '/documents/x.txt', ['GET', 'PUT', 'DELETE']],
      ['DELETE', '/documents', ['GET']],
    ])('%s %s is answered with what is allowed', async (method, path, allowed) => {
      const response = await scene.target.fetch(path, { method });
      const allow = response.headers.get('allow')?.split(', ') ?? [];
      expect((await expectError(response, 405)).error.code).toBe('method_not_allowed');
      expect(allow.toSorted()).toEqual(allowed.toSorted());
    });

    it('a document over 4 MB is told where to upload it', async () => {
      const path = '/documents/books/large.txt';
      const response = await scene.target.fetch(path, put('text/plain', 'x'.repeat(4 * 1024 * 1024 + 1)));
      const { error } = await expectError(response, 413);
      expect(error).toMatchObject({ code: 'too_large', upload: `${path}/upload` });
      expect(error.message).toContain(`${path}/upload`);
    });

    it('a question over 4 MB is refused', async () => {
      const response = await scene.target.fetch('/ask', ask({ question: 'x'.repeat(4 * 1024 * 1024) }));
      expect((await expectError(response, 413)).error.code).toBe('too_large');
    });

    it('an event over 6 MB is refused by the platform', async ({ skip }) => {
      if (!scene.target.hasPlatform) skip('There is no platform in front of this target.');
      const body = new Uint8Array(6 * 1024 * 1024 + 1);
      const response = await scene.target.fetch('/documents/huge.pdf', put('application/pdf', body));
      expect(response.status).toBe(413);
      expect(await response.text()).not.toContain('upload');
    });

    it('a prototype in the body is an unknown field and nothing more', async () => {
      const body = '{"question":"Anything?","__proto__":{"topK":99}}';
      const response = await scene.target.fetch('/ask', ask(body));
      expect([200, 400]).toContain(response.status);
      await response.text();
      expect(({} as { topK?: number }).topK).toBeUndefined();
    });

    it('a question of 4,000 characters is taken', async () => {
      const { client } = scene;
      const answer = await client.ask('x'.repeat(4_000));
      expect(answer.finishReason).toBe('declined');
    });
  });
}

/** Every error has the same form, names its request, and shows nothing of the code behind it. */
async function expectError(response: Response, status: number): Promise<ErrorBody> {
  const text = await response.text();
  expect({ status: response.status, text }).toEqual({ status, text });
  expect(response.headers.get('content-type')).toContain('application/json');
  const body = JSON.parse(text) as ErrorBody;
  expect(body.error.requestId).toBe(response.headers.get('x-request-id'));
  expect(text).not.toMatch(/\bat \S+.*:\d+:\d+|node_modules|\.ts\b|stack/);
  return body;
}
