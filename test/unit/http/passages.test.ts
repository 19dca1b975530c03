import { describe, expect, it } from 'vitest';
import { identifyByKey } from '../../../lib/http/access.ts';
import { createAccess } from '../../../lib/rag/access/access.ts';
import { createKey } from '../../../lib/rag/access/create-key.ts';
import type { KeyScope } from '../../../lib/rag/ports/access.ts';
import { createFakeBudgets, createFakeKeys, createFakeLimits } from '../../fakes/access.ts';
import { createCalls } from '../../fakes/calls.ts';
import { call, createService, errorOf, parsed } from './calling.ts';

const options = { signal: new AbortController().signal };

describe('GET /documents/{id}/chunks/{number}', () => {
  it('shows the passage, where it stands and how many there are', async () => {
    const { api, serve, chunks } = createService();
    serve('guides/start.md', 'v1', ['one', 'two']);
    const { chunk } = chunks.entries.get('default/main guides/start.md v1 1')!;
    Object.assign(chunk, { headings: ['Start', 'Next'], page: 3, metadata: { fields: { team: 'x' } } });
    const response = await call(api, 'GET', '/documents/guides/start.md/chunks/1');
    expect(response.status).toBe(200);
    expect(parsed(response)).toEqual({
      ...{ document: 'guides/start.md', title: 'guides/start.md', uri: 's3://documents/guides/start.md' },
      ...{ chunk: 1, chunks: 2, headings: ['Start', 'Next'], page: 3, text: 'two' },
    });
  });

  it.each([
    ['GET', '/documents/guide/chunks/1', 404, 'not_found'],
    ['GET', '/documents/none/chunks/0', 404, 'not_found'],
    ['GET', '/documents/guide/chunks/0?collection=other', 404, 'not_found'],
    ['GET', '/documents/guide/chunks/1000000', 400, 'invalid_request'],
    ['GET', '/documents/guide/chunks/0?version=v1', 400, 'invalid_request'],
    ['GET', '/documents/a%2F..%2Fb/chunks/0', 400, 'invalid_request'],
    ['PUT', '/documents/guide/chunks/0', 405, 'method_not_allowed'],
  ])('%s %s is refused: %i', async (method, path, status, code) => {
    const { api, serve } = createService();
    serve('guide', 'v1', ['one']);
    const response = await call(api, method, path);
    expect([response.status, errorOf(response)['code']]).toEqual([status, code]);
  });

  it('is shown to who may ask in the collection of the tenant, and to nobody else', async () => {
    const calls = createCalls();
    const keys = createFakeKeys(calls);
    const access = createAccess({
      ...{ keys, limits: createFakeLimits(calls), budgets: createFakeBudgets(calls) },
      telemetry: { failed: () => {} },
    });
    const { api, serve } = createService(undefined, identifyByKey(access));
    serve('guide', 'v1', ['of acme'], 'acme/main');
    serve('guide', 'v1', ['of beta'], 'beta/main');
    const read = async (tenant: string, scopes: KeyScope[], collections?: string[]) => {
      const wish = { tenant, name: 'test', scopes, ...(collections && { collections }) };
      const { text } = await createKey(keys, wish, options);
      const headers = { authorization: `Bearer ${text}` };
      return call(api, 'GET', '/documents/guide/chunks/0', { headers });
    };
    expect(parsed(await read('acme', ['ask']))['text']).toBe('of acme');
    expect(parsed(await read('beta', ['ask']))['text']).toBe('of beta');
    const others = [
      await read('gamma', ['ask']),
      await read('acme', ['write']),
      await read('acme', ['ask'], ['hr']),
      await call(api, 'GET', '/documents/guide/chunks/0'),
    ];
    expect(others.map(({ status }) => status)).toEqual([404, 403, 403, 401]);
    expect(JSON.stringify(others)).not.toContain('of acme');
  });
});
