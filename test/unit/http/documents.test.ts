import { afterEach, describe, expect, it, vi } from 'vitest';
import { readMetadata } from '../../../lib/rag/ingest/metadata.ts';
import { call, createService, errorOf, parsed, post } from './calling.ts';

afterEach(() => void vi.useRealTimers());

const { signal } = new AbortController();
const text = { 'content-type': 'text/plain; charset=utf-8' };

describe('PUT /documents/{id}', () => {
  it('keeps the object and shows the document as received', async () => {
    const service = createService();
    const response = await call(service.api, 'PUT', '/documents/guides%2Fstart.md', {
      headers: text,
      body: 'Hello',
    });
    expect(response.status).toBe(202);
    expect(parsed(response)).toMatchObject({ id: 'guides/start.md', collection: 'main', state: 'received' });
    expect(response.body).not.toMatch(/revision|"scope"/);
    const object = service.bucket.entries.get('default/main/guides/start.md')!;
    expect([Buffer.from(object.body).toString(), object.contentType]).toEqual(['Hello', 'text/plain']);
  });

  it.each([
    ['the ending where no type is sent', {}, 'guide.md', 'text/markdown'],
    [
      "the ending where curl's own type is sent",
      { 'content-type': 'application/x-www-form-urlencoded' },
      'a.PDF',
      'application/pdf',
    ],
    ['the type against the ending', text, 'guide.md', 'text/plain'],
  ])('takes the media type from %s', async (_, headers, id, contentType) => {
    const service = createService();
    await call(service.api, 'PUT', `/documents/${id}`, { headers, body: 'Hello' });
    expect(service.bucket.entries.get(`default/main/${id}`)!.contentType).toBe(contentType);
  });

  it.each([
    ['of an unknown type', 'guide', { 'content-type': 'image/png' }, 'x', 415, 'unsupported_media_type'],
    ['of no type', 'guide', {}, 'x', 415, 'unsupported_media_type'],
    ['with a bad id', 'a%2F..%2Fb', text, 'x', 400, 'invalid_request'],
    ['with the id of a metadata file', 'a.metadata.json', text, 'x', 400, 'invalid_request'],
    [
      'with wrong metadata',
      'guide',
      { ...text, 'x-raglan-metadata': '{"date":1}' },
      'x',
      400,
      'invalid_metadata',
    ],
    [
      'with metadata in bad encoding',
      'guide',
      { ...text, 'x-raglan-metadata': '%' },
      'x',
      400,
      'invalid_metadata',
    ],
    ['over 4 MB', 'guide', text, 'x'.repeat(4 * 2 ** 20 + 1), 413, 'too_large'],
  ])('refuses one %s and keeps nothing', async (_, id, headers, body, status, code) => {
    const service = createService();
    const response = await call(service.api, 'PUT', `/documents/${id}`, { headers, body });
    expect([response.status, errorOf(response)['code']]).toEqual([status, code]);
    expect(service.bucket.entries.size).toBe(0);
  });

  it.each([
    ['/documents/guide', '/documents/guide/upload'],
    ['/documents/staff%20guide?collection=hr', '/documents/staff%20guide/upload?collection=hr'],
  ])('that is too large names where large ones go: %s', async (path, upload) => {
    const { api } = createService();
    const body = 'x'.repeat(4 * 2 ** 20 + 1);
    const response = await call(api, 'PUT', path, { headers: text, body });
    expect(errorOf(response)['upload']).toBe(upload);
  });

  describe('in Windows-1252', () => {
    const body = Buffer.from('Der Schl\xfcssel', 'latin1');
    const put = async (headers: Record<string, string>, sent: { isText: boolean }) => {
      const service = createService();
      const path = '/documents/notes/key.txt?collection=hr';
      const response = await call(service.api, 'PUT', path, { headers, body, ...sent });
      return { response, object: service.bucket.entries.get('default/hr/notes/key.txt') };
    };

    it('that came as text is refused, since its letters are lost, with what to do', async () => {
      const { response, object } = await put(text, { isText: true });
      expect(response.status).toBe(400);
      expect(errorOf(response)).toMatchObject({
        code: 'invalid_request',
        message: expect.stringContaining('application/octet-stream'),
        upload: '/documents/notes/key.txt/upload?collection=hr',
      });
      expect(object).toBeUndefined();
    });

    it.each([
      ['without its type, the ending telling it', { 'content-type': 'application/octet-stream' }],
      ['with its type', text],
    ])('that came as bytes is kept as it is: %s', async (_, headers) => {
      const { response, object } = await put(headers, { isText: false });
      expect(response.status).toBe(202);
      expect(object).toMatchObject({ contentType: 'text/plain' });
      expect(Buffer.from(object!.body)).toEqual(body);
    });
  });

  it('that came as text and is UTF-8 is kept as it is', async () => {
    const service = createService();
    const body = Buffer.from('\uFEFFDer Schlüssel 🗝');
    const sent = { headers: text, body, isText: true };
    expect((await call(service.api, 'PUT', '/documents/key', sent)).status).toBe(202);
    expect(Buffer.from(service.bucket.entries.get('default/main/key')!.body)).toEqual(body);
  });

  it('has a limit in time', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const service = createService();
    service.calls.hold('bucket.put');
    const putting = call(service.api, 'PUT', '/documents/guide', { headers: text, body: 'x' });
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await putting).status).toBe(504);
    expect(service.calls.open()).toEqual([]);
  });
});

describe('PUT /documents/{id} with metadata', () => {
  const put = (service: ReturnType<typeof createService>, metadata?: string) =>
    call(service.api, 'PUT', '/documents/guide', {
      headers: { ...text, ...(metadata !== undefined && { 'x-raglan-metadata': metadata }) },
      body: 'Hello',
    });
  const ownOf = (service: ReturnType<typeof createService>) =>
    service.bucket.entries.get('default/main/guide')!.own;

  it('keeps it with the object, and none where none is sent', async () => {
    const service = createService();
    await put(service, encodeURIComponent('{"team":"Ärzte"}'));
    expect(readMetadata({ own: ownOf(service)! })).toEqual({ fields: { team: 'Ärzte' } });
    await put(service);
    expect(ownOf(service)).toBeUndefined();
  });

  it.each([
    ['the same is served already', '{"team":"a"}', 'ready'],
    ['another is not', '{"team":"b"}', 'received'],
    ['none is not', undefined, 'received'],
  ])('%s', async (_, metadata, state) => {
    const service = createService();
    await put(service, '{"team":"a"}');
    const record = service.documents.entries.get('default/main guide')!;
    const { version: etag } = (await service.bucket.head(
      { scope: 'default/main', id: 'guide' },
      { signal },
    ))!;
    service.documents.entries.set('default/main guide', {
      ...record,
      ...{ state: 'ready', etag, contentType: 'text/plain', metadata: { fields: { team: 'a' } } },
      updatedAt: '2026-01-01T00:00:00.000Z',
    });
    expect(parsed(await put(service, metadata))).toMatchObject({ state });
  });
});

describe('GET and DELETE /documents', () => {
  it('lists page by page, without what is deleted', async () => {
    const service = createService();
    for (const id of ['a', 'b', 'c']) service.serve(id, 'v1', ['x']);
    service.documents.entries.set('default/main d', {
      ...service.documents.entries.get('default/main a')!,
      ...{ id: 'd', state: 'deleted' },
    });
    const first = parsed(await call(service.api, 'GET', '/documents?limit=2'));
    const second = parsed(
      await call(service.api, 'GET', `/documents?limit=2&after=${String(first['next'])}`),
    );
    const ids = [first, second].map((page) => (page['documents'] as { id: string }[]).map(({ id }) => id));
    expect(ids).toEqual([['a', 'b'], ['c']]);
    expect(second['next']).toBeUndefined();
  });

  it.each(['limit=0', 'limit=101', 'limit=x', 'collection=No', 'other=1'])('refuses ?%s', async (query) => {
    const { api } = createService();
    expect((await call(api, 'GET', `/documents?${query}`)).status).toBe(400);
  });

  it('shows one, until it is deleted', async () => {
    const service = createService();
    service.serve('guide', 'v1', ['x']);
    expect(parsed(await call(service.api, 'GET', '/documents/guide'))).toMatchObject({
      id: 'guide',
      state: 'ready',
    });
    expect((await call(service.api, 'GET', '/documents/guide?collection=other')).status).toBe(404);
    expect((await call(service.api, 'DELETE', '/documents/guide')).status).toBe(204);
    expect((await call(service.api, 'GET', '/documents/guide')).status).toBe(404);
    expect((await call(service.api, 'DELETE', '/documents/guide')).status).toBe(404);
  });
});

it('POST /documents/{id}/upload gives a form for exactly this document', async () => {
  const { api } = createService();
  const response = await post(api, '/documents/big%2Fbook.pdf/upload', {});
  expect(response.status).toBe(201);
  expect(parsed(response)).toMatchObject({
    fields: { key: 'default/main/big/book.pdf', 'Content-Type': 'application/pdf' },
    expiresInSeconds: 300,
  });
});

it('POST /documents/{id}/upload puts the metadata into the form, or says what is wrong with it', async () => {
  const { api } = createService();
  const upload = (metadata: unknown) => post(api, '/documents/a.txt/upload', { metadata });
  const { fields } = parsed(await upload({ team: 'legal' })) as { fields: Record<string, string> };
  expect(readMetadata({ own: { raglan: fields['x-amz-meta-raglan']! } })).toEqual({
    fields: { team: 'legal' },
  });
  for (const wrong of [{ team: [] }, [], 'x', null]) {
    expect(errorOf(await upload(wrong))['code']).toBe('invalid_metadata');
  }
});

it('another method of the upload route is told which one it takes', async () => {
  const { api } = createService();
  const response = await call(api, 'GET', '/documents/guide/upload');
  expect([response.status, response.headers['allow']]).toEqual([405, 'POST']);
});

it('the upload form needs no body where the ending says the type', async () => {
  const { api } = createService();
  const response = await call(api, 'POST', '/documents/book.pdf/upload');
  expect([response.status, parsed(response)['fields']]).toEqual([
    201,
    expect.objectContaining({ 'Content-Type': 'application/pdf' }) as unknown,
  ]);
});
