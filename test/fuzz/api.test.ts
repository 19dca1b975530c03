import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { toRagError } from '../../lib/rag/errors.ts';
import { readDescription, type Description, type OpenApiDocument } from '../openapi/description.ts';
import { anywhere, createRequests } from './requests.ts';
import { expectSound, fuzz, type Reply, type Sent } from './sound.ts';
import { createTenants, secrets, type Tenants } from './tenants.ts';

/** So long is each operation asked. */
const eachMs = 1_500;

const question = 'which door is red?';

let tenants: Tenants;
let description: Description;
let authorization: { ours: string; theirs: string };
let requestsTo: ReturnType<typeof createRequests>;

beforeAll(async () => {
  tenants = await createTenants();
  const bearer = (...key: Parameters<Tenants['createKey']>) => `Bearer ${tenants.createKey(...key)}`;
  const ours = bearer('ours');
  authorization = { ours, theirs: bearer('theirs') };
  const { text } = await tenants.send({ method: 'GET', url: '/openapi.json', headers: {} });
  const document = JSON.parse(text) as OpenApiDocument;
  description = readDescription(document);

  const reader = bearer('ours', { scopes: ['ask'] });
  const limits = { perMinute: 600, burst: 5 };
  const poor = bearer('ours', { collections: ['hr'], limits, monthlyTokens: 50_000 });
  // A secret of ours is no secret of theirs, whatever its key says of itself.
  const forged = ours.replace('rgl_ours_', 'rgl_theirs_');
  const keys = fc.oneof(
    { weight: 12, arbitrary: fc.constant(ours) },
    { weight: 4, arbitrary: fc.constantFrom(reader, poor, forged) },
    { weight: 1, arbitrary: fc.constantFrom('', 'Bearer', 'Bearer x', 'Basic eDp4', `${ours}0`) },
  );
  const ids = [...(await live(ours)), ...(await live(authorization.theirs))];
  const known = {
    ...{ question: [question, 'how many holidays?', 'which door is blue?'], content: [question] },
    ...{
      collection: ['main', 'hr', 'none'],
      model: ['raglan', 'raglan/hr', 'raglan+sources', 'theirs/main'],
    },
    ...{ filter: [{ team: 'legal' }, { secret: 'x' }], state: ['ready'], after: ['guide', 0, 1] },
    ...{ contentType: ['text/plain', 'application/pdf'], metadata: [{ team: 'legal' }] },
    ...{ url: ['https://example.com/hook', 'https://[::1]/', 'http://169.254.169.254/'] },
    stream: [true, false],
    '/documents': ['guide', 'staff/rules.md', 'only-theirs', 'new.md', '../theirs/main/guide'],
    '/documents/{id}/chunks': [0, 1],
    '/v1/models': ['raglan', 'raglan/hr', 'theirs/main'],
    '/answers': ids,
    '/jobs': ids,
    'x-raglan-metadata': [encodeURIComponent('{"team":"legal"}'), '{"team":1}', '%'],
  };
  requestsTo = createRequests(document, known, keys);
});

function post(key: string, url: string, body: unknown): Promise<Reply> {
  const headers = { authorization: key, 'content-type': 'application/json' };
  return tenants.send({ method: 'POST', url, headers, body: JSON.stringify(body) });
}

/** Leaves answers, streams and jobs behind, and gives their ids. */
async function live(key: string): Promise<string[]> {
  const replies = [
    await post(key, '/ask', { question, stream: true }),
    await post(key, '/ask', { question: 'how many holidays?' }),
    await post(key, '/jobs', { questions: [{ question }] }),
  ];
  return replies.map(({ text }) => /"id":"(?<id>[0-9a-f]{32})"/.exec(text)!.groups!['id']!);
}

/** Asks for one tenant what the other must not hear of, nor change. */
async function check(sent: Sent): Promise<Reply> {
  const reply = await expectSound(description, tenants.send, sent);
  expect(reply.text + JSON.stringify(reply.headers)).not.toContain(secrets.theirs);
  const late = tenants.failures.splice(0).filter((error) => toRagError(error).status >= 500);
  expect(late).toEqual([]);
  tenants.calls.all.length = 0;
  return reply;
}

/** All that is stored of the other tenant. */
function theirThings(): string {
  const { documents, chunks, keywords, answers, bucket } = tenants;
  const stores: { entries: ReadonlyMap<string, unknown> }[] = [documents, chunks, keywords, answers, bucket];
  return JSON.stringify(
    stores.map(({ entries }) => Array.from(entries).filter(([key]) => key.startsWith('theirs/'))),
  );
}

describe('whatever is sent, there is an answer, it is as the document says, and of one tenant alone', () => {
  it('and each tenant is told its own', async () => {
    for (const name of ['ours', 'theirs'] as const) {
      const { text } = await post(authorization[name], '/ask', { question: 'which door?', cache: 'off' });
      expect(text).toContain(secrets[name]);
    }
  });

  it('to every operation', { timeout: 120_000 }, async () => {
    const before = theirThings();
    expect(before).toContain(secrets.theirs);
    for (const operation of description.operations) {
      // Those before may have deleted it all.
      tenants.settle('ours');
      const statuses = await fuzz(requestsTo(operation), eachMs, check);
      // Nothing would be said of an operation that refuses all that is sent to it.
      const served = Math.min(...statuses.keys());
      expect(`${operation.operation.operationId} ${served}`).toMatch(/ 2\d\d$/);
    }
    expect(theirThings()).toBe(before);
  });

  it('to any path, by any method', async () => {
    await fuzz(anywhere, eachMs, check);
  });
});
