import { beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../../package.json' with { type: 'json' };
import { createRoutes, type ApiDependencies } from '../../../lib/http/api.ts';
import { createOpenApiRoute } from '../../../lib/http/openapi.ts';
import type { OpenRoute } from '../../../lib/http/router.ts';
import { readDescription, type Description, type OpenApiDocument } from '../../openapi/description.ts';
import { call, createService, parsed } from './calling.ts';

let document: OpenApiDocument;
let description: Description;

beforeAll(async () => {
  const { api } = createService();
  document = parsed(await call(api, 'GET', '/openapi.json')) as unknown as OpenApiDocument;
  description = readDescription(document);
});

/** Without anything behind them: no handler is called. */
const routes = createRoutes({ models: {}, contentTypes: ['text/plain'] } as unknown as ApiDependencies);

function filled(path: string): string {
  return path.replaceAll(/\{\w+\}/g, '7');
}

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 of this version, for anybody', async () => {
    const refuse = () => {
      throw new Error('Nobody is known.');
    };
    const { api } = createService(undefined, refuse);
    expect((await call(api, 'GET', '/openapi.json')).status).toBe(200);
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: packageJson.version } });
  });

  it('has every route, and no other operation', () => {
    const inDocument = description.operations.map(({ method, path }) => `${method} ${path}`);
    const inRouter = routes.map((route) => `${route.method} ${route.contract().path}`);
    expect(inDocument.toSorted()).toEqual(inRouter.toSorted());
  });

  it.each(routes.map((route) => [`${route.method} ${route.contract().path}`, route] as const))(
    '%s stands where the router finds it',
    (_, route) => {
      const path = filled(route.contract().path);
      const found = routes.find(({ method, pattern }) => method === route.method && pattern.test(path));
      expect(found).toBe(route);
      const parameters = Object.keys(route.pattern.exec(path)?.groups ?? {});
      expect(Array.from(route.contract().path.matchAll(/\{(\w+)\}/g), ([, name]) => name)).toEqual(
        parameters,
      );
    },
  );

  it('names every operation once', () => {
    const names = description.operations.map(({ operation }) => operation.operationId);
    expect(new Set(names).size).toBe(names.length);
  });

  it('describes the parameters of every path, and demands them', () => {
    for (const { path, operation } of description.operations) {
      const names = Array.from(path.matchAll(/\{(\w+)\}/g), ([, name]) => name);
      const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(inPath.map(({ name, required }) => [name, required])).toEqual(names.map((name) => [name, true]));
    }
  });

  it('wants a key but for what is open', () => {
    const open = description.operations.filter(({ operation }) => operation.security?.length === 0);
    expect(open.map(({ path }) => path).toSorted()).toEqual(['/health', '/openapi.json']);
    expect(document).toMatchObject({ security: [{ key: [] }] });
  });

  it('tells of bodies what their routes check', () => {
    const { requestBody } = description.operations.find(({ path }) => path === '/batch')!.operation;
    expect(requestBody).toMatchObject({
      required: true,
      content: {
        'application/json': {
          schema: {
            additionalProperties: false,
            required: ['questions'],
            properties: { questions: { minItems: 1, maxItems: 100, items: { required: ['question'] } } },
          },
        },
      },
    });
  });
});

describe('the route of it', () => {
  it('makes the document when it is first asked for, and once', async () => {
    let made = 0;
    const own: OpenRoute = createOpenApiRoute(() => {
      made += 1;
      return [own];
    });
    expect(made).toBe(0);
    const request = {} as Parameters<typeof own.handle>[0];
    const [first, second] = [await own.handle(request, {}), await own.handle(request, {})];
    expect(made).toBe(1);
    expect(second.body).toBe(first.body);
  });
});

describe('what is not as the document says is noticed', () => {
  const json = (value: unknown, status = 200) => ({
    ...{ status, contentType: 'application/json; charset=utf-8' },
    text: JSON.stringify(value),
  });
  const health = {
    ...{ status: 'ok', version: '1.0.0', node: 'v24.0.0' },
    models: { chat: 'a', embedding: 'b', dimensions: 3 },
  };

  it.each([
    ['a field of another kind', json({ ...health, version: 1 })],
    ['a field that nobody described', json({ ...health, secret: 1 })],
    ['a field that is not there', json({ status: 'ok' })],
    ['a status that nobody described', json(health, 201)],
    ['another media type', { ...json(health), contentType: 'text/plain' }],
    ['an error of another form', json({ message: 'No.' }, 500)],
  ])('%s', (_, answered) => {
    expect(description.problemsOf('GET', '/health', json(health))).toEqual([]);
    expect(description.problemsOf('GET', '/health', answered)).not.toEqual([]);
  });

  it.each([
    ['an event', '/ask', 'text/event-stream', 'event: delta\ndata: {"word":"x"}\n\n'],
    ['a line', '/batch', 'application/x-ndjson', '{"index":0,"error":{"code":"nothing"}}\n'],
  ])('%s in a stream', (_, path, contentType, text) => {
    expect(description.problemsOf('POST', path, { status: 200, contentType, text })).not.toEqual([]);
  });
});
