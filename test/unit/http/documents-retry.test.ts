import { describe, expect, it } from 'vitest';
import type { DocumentRecord } from '../../../lib/rag/types.ts';
import { call, createService, errorOf, parsed, post } from './calling.ts';

const text = { 'content-type': 'text/plain' };
type Service = ReturnType<typeof createService>;

/** Changes the record of `guide` as if it had been so for long. */
const change = ({ documents }: Service, changes: Partial<DocumentRecord>) => {
  const record = documents.entries.get('default/main guide')!;
  const updatedAt = '2026-01-01T00:00:00.000Z';
  documents.entries.set('default/main guide', { ...record, ...changes, updatedAt });
};
const fail = (service: Service, code = 'model_unavailable') =>
  change(service, { state: 'failed', attempts: 3, reason: { code, message: 'It did not work.' } });

describe('POST /documents/{id}/retry', () => {
  it('sends the event anew and shows the document as received, with nothing left of the failure', async () => {
    const service = createService();
    await call(service.api, 'PUT', '/documents/guide', { headers: text, body: 'Hello' });
    fail(service);
    const response = await post(service.api, '/documents/guide/retry', {});
    expect(response.status).toBe(202);
    expect(parsed(response)).toMatchObject({ id: 'guide', state: 'received', attempts: 0 });
    expect(parsed(response)).not.toHaveProperty('reason');
    expect(service.events.sent).toEqual(['default/main/guide']);
  });

  it('tells of the state before the event can be dealt with, so that it never comes after the end', async () => {
    const service = createService();
    await call(service.api, 'PUT', '/documents/guide', { headers: text, body: 'Hello' });
    fail(service);
    service.calls.before('events.replay', () => {
      expect(service.documents.entries.get('default/main guide')!.state).toBe('received');
    });
    expect((await call(service.api, 'POST', '/documents/guide/retry')).status).toBe(202);
    expect(service.events.sent).toHaveLength(1);
  });

  it('takes an object that nobody told of yet', async () => {
    const service = createService();
    const body = new TextEncoder().encode('Hello');
    service.bucket.entries.set('default/main/a/b.md', { body, contentType: 'text/markdown' });
    const response = await call(service.api, 'POST', '/documents/a/b.md/retry');
    expect([response.status, service.events.sent]).toEqual([202, ['default/main/a/b.md']]);
  });

  it('of an unknown or deleted document is a 404', async () => {
    const service = createService();
    expect((await call(service.api, 'POST', '/documents/guide/retry')).status).toBe(404);
    await call(service.api, 'PUT', '/documents/guide', { headers: text, body: 'Hello' });
    await call(service.api, 'DELETE', '/documents/guide');
    expect((await call(service.api, 'POST', '/documents/guide/retry')).status).toBe(404);
    expect(service.events.sent).toEqual([]);
  });

  it('of a document whose object is gone is a 409 that says what to do', async () => {
    const service = createService();
    service.serve('guide', 'v1', ['x']);
    const response = await call(service.api, 'POST', '/documents/guide/retry');
    expect(response.status).toBe(409);
    expect(errorOf(response)).toMatchObject({
      code: 'original_missing',
      message: expect.stringContaining('Put it again') as string,
      retryable: false,
    });
    expect([service.events.sent, service.documents.entries.get('default/main guide')!.state]).toEqual([
      [],
      'ready',
    ]);
  });

  it('takes no other method', async () => {
    const response = await call(createService().api, 'GET', '/documents/guide/retry');
    expect([response.status, response.headers['allow']]).toEqual([405, 'POST']);
  });
});

describe('a failed document', () => {
  it.each([
    ['model_unavailable', 'Once that works again, have it read anew: POST /documents/guide/retry'],
    ['no_text', 'If it is a scan, run OCR over it and put it again.'],
    ['too_large', 'Split it and put the parts.'],
  ])('by %s says what to do', async (code, whatToDo) => {
    const service = createService();
    await call(service.api, 'PUT', '/documents/guide', { headers: text, body: 'Hello' });
    fail(service, code);
    expect(parsed(await call(service.api, 'GET', '/documents/guide'))['reason']).toEqual({
      code,
      message: 'It did not work.',
      whatToDo,
    });
  });
});

describe('GET /documents?state=', () => {
  it('lists the documents in that state', async () => {
    const service = createService();
    for (const id of ['a', 'guide', 'z']) service.serve(id, 'v1', ['x']);
    fail(service);
    const failed = parsed(await call(service.api, 'GET', '/documents?state=failed'));
    expect(failed['documents']).toMatchObject([{ id: 'guide', state: 'failed' }]);
    const ready = parsed(await call(service.api, 'GET', '/documents?state=ready&limit=1'));
    expect([ready['documents'], ready['next']]).toMatchObject([[{ id: 'a' }], 'a']);
  });

  it.each(['broken', 'deleted', '', 'failed&state=ready&x=1'])('refuses %j', async (state) => {
    const response = await call(createService().api, 'GET', `/documents?state=${state}`);
    expect([response.status, errorOf(response)['code']]).toEqual([400, 'invalid_request']);
  });
});

describe('PUT of what is served already', () => {
  const put = (service: Service, body: string, headers = text) =>
    call(service.api, 'PUT', '/documents/guide', { headers, body });
  const serveWhatWasPut = async (service: Service) => {
    await put(service, 'Hello');
    const { signal } = new AbortController();
    const head = await service.bucket.head({ scope: 'default/main', id: 'guide' }, { signal });
    const { version: etag, contentType, size } = head!;
    change(service, { state: 'ready', version: 'v1', etag, contentType, size, chunks: 1 });
  };

  it('leaves it ready: its event may have been dealt with before we say that it was received', async () => {
    const service = createService();
    await serveWhatWasPut(service);
    const response = await put(service, 'Hello');
    expect([response.status, parsed(response)['state']]).toEqual([202, 'ready']);
  });

  it.each([
    ['other bytes', 'Hello there', text],
    ['another type', 'Hello', { 'content-type': 'text/markdown' }],
  ])('but with %s is received', async (_, body, headers) => {
    const service = createService();
    await serveWhatWasPut(service);
    expect(parsed(await put(service, body, headers))['state']).toBe('received');
  });
});
