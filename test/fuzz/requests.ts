import * as fc from 'fast-check';
import type { Description, OpenApiDocument, Operation } from '../openapi/description.ts';
import { bytesOf, hostileBody, hostileSegment, hostileValue, nearly } from './hostile.ts';
import type { Sent } from './sound.ts';
import { createValid, type Known } from './valid.ts';

/** Requests to an operation of the document: as it says, nearly so, and not at all so. */
export function createRequests(document: OpenApiDocument, known: Known, keys: fc.Arbitrary<string>) {
  const { valid, named } = createValid(document.components.schemas, known);
  const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const wellFormed = (value: unknown) => encodeURIComponent(textOf(value).toWellFormed());

  const segment = (name: string, template: string, operation: Operation) => {
    const collection = template.split(`/{${name}}`, 1)[0]!;
    const { schema } = operation.parameters.find((one) => one.in === 'path' && one.name === name)!;
    return fc.oneof(
      { weight: 5, arbitrary: named(collection, schema).map((value) => wellFormed(value) || 'x') },
      { weight: 1, arbitrary: hostileSegment },
    );
  };

  const path = (template: string, operation: Operation) => {
    const names = Array.from(template.matchAll(/\{(\w+)\}/g), ([, name = '']) => name);
    return fc
      .tuple(...names.map((name) => segment(name, template, operation)))
      .map((segments) => segments.reduce((text, each) => text.replace(/\{\w+\}/, () => each), template));
  };

  const query = (operation: Operation) => {
    const entries = operation.parameters
      .filter((one) => one.in === 'query')
      .map(({ name, schema }) => [
        name,
        fc.oneof({ weight: 6, arbitrary: named(name, schema) }, { weight: 1, arbitrary: hostileValue }),
      ]);
    const asked = fc.record(Object.fromEntries(entries) as Record<string, fc.Arbitrary<unknown>>, {
      requiredKeys: [],
    });
    const more = fc.oneof(
      { weight: 20, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.constantFrom(...oddQueries) },
    );
    return fc.tuple(asked, more).map(([values, odd]) => {
      const parts = Object.entries(values).map(([name, value]) => `${name}=${wellFormed(value)}`);
      return [...parts, ...(odd ? [odd] : [])].join('&');
    });
  };

  const headers = (operation: Operation) => {
    const own = operation.parameters
      .filter((one) => one.in === 'header')
      .map(({ name, schema }) => [
        name,
        fc
          .oneof({ weight: 4, arbitrary: named(name, schema) }, { weight: 1, arbitrary: hostileValue })
          .map(textOf),
      ]);
    const sent = fc.record({ ...Object.fromEntries(own), accept } as Record<string, fc.Arbitrary<string>>, {
      requiredKeys: [],
    });
    return fc.tuple(sent, keys).map(([values, authorization]) => ({ ...values, authorization }));
  };

  const body = ({ requestBody }: Operation): fc.Arbitrary<Pick<Sent, 'body'> & { type: string }> => {
    const media = Object.entries(requestBody?.content ?? { 'application/json': { schema: {} } });
    const bodies = media.map(([type, { schema }]) => {
      const raw = hostileBody.map((bytes) => ({ type, body: bytes }));
      if (type !== 'application/json') return raw;
      const value = valid(schema);
      const asJson = (each: unknown) => ({ type, body: bytesOf(JSON.stringify(each) ?? '') });
      const odd = fc.tuple(oddType, value).map(([another, each]) => ({ ...asJson(each), type: another }));
      return fc.oneof(
        { weight: 6, arbitrary: value.map(asJson) },
        { weight: 6, arbitrary: nearly(value).map(asJson) },
        { weight: 2, arbitrary: raw },
        { weight: 1, arbitrary: odd },
        { weight: requestBody?.required ? 1 : 5, arbitrary: fc.constant({ type }) },
      );
    });
    return fc.oneof(...bodies);
  };

  return ({ method, path: template, operation }: Description['operations'][number]): fc.Arbitrary<Sent> =>
    fc
      .tuple(path(template, operation), query(operation), headers(operation), body(operation))
      .map(([where, asked, sent, { type, body: bytes }]) => ({
        method,
        url: asked === '' ? where : `${where}?${asked}`,
        headers: { ...sent, 'content-type': type },
        ...(bytes !== undefined && method !== 'GET' && { body: bytes }),
      }));
}

const accept = fc.constantFrom(
  'text/event-stream',
  'application/json',
  '*/*',
  'text/event-stream;q=0',
  '\u00e9',
);

const oddType = fc.constantFrom(
  ...[
    '',
    'text/plain',
    'application/json; charset=utf-16',
    'APPLICATION/JSON',
    'application/x-www-form-urlencoded',
  ],
  ...['multipart/form-data; boundary=x', 'application/json,text/plain', 'image/png', 'x'.repeat(5_000)],
);

const oddQueries = [
  'other=1',
  '__proto__=1',
  'collection=main&collection=hr',
  '%',
  '&&=&',
  'collection=%00',
  'a[b]=c',
];

const anyPath = fc.oneof(
  fc.constantFrom(
    ...[
      '/',
      '//',
      '/ask/',
      '/ask//',
      '/ASK',
      '/ask%2F',
      '/documents//',
      '/documents/',
      '/v1',
      '/v1/',
      '/v1/%E0%A4%A',
    ],
    ...[
      '/openapi.json/',
      '/openapi',
      '/batch/x',
      '/jobs/',
      '/answers/x',
      '/answers//stop',
      '/.env',
      '/health/x',
    ],
  ),
  fc
    .array(
      fc.oneof(
        hostileSegment,
        fc.constantFrom('ask', 'documents', 'v1', 'models', 'jobs', 'answers', 'stop'),
      ),
      {
        minLength: 1,
        maxLength: 5,
      },
    )
    .map((segments) => `/${segments.join('/')}`),
);

/** Requests to wherever, by whatever method. */
export const anywhere: fc.Arbitrary<Sent> = fc.record(
  {
    method: fc.constantFrom(
      'GET',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'HEAD',
      'OPTIONS',
      'TRACE',
      'QUERY',
      '__proto__',
    ),
    url: anyPath,
    headers: fc.constantFrom<Record<string, string>>(
      {},
      { 'content-type': 'application/json' },
      { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
      { origin: 'null\u00e9', host: '' },
    ),
    body: hostileBody,
  },
  { requiredKeys: ['method', 'url', 'headers'] },
);
