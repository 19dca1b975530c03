import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { toRagError } from '../../lib/rag/errors.ts';
import { readDescription, type Description, type OpenApiDocument } from '../openapi/description.ts';
import { anywhere, createRequests } from './requests.ts';
import { expectSound, fuzz, type Reply, type Sent } from './sound.ts';
import { storedOf } from './stored.ts';
import { createTenants, secrets, type Tenants } from './tenants.ts';

/** So long is each operation asked. */
const eachMs = 1_500;

const question = 'which door is red?';

let tenants: Tenants;
let description: Description;
let authorization: { ours: string; theirs: string };
/** What no answer to ours may hold. */
let theirSecrets: readonly string[];
let requestsTo: ReturnType<typeof createRequests>;

beforeAll(async () => {
  tenants = await createTenants();
  const bearer = (...key: Parameters<Tenants['createKey']>) => `Bearer ${tenants.createKey(...key)}`;
  const ours = bearer('ours');
  const theirs = bearer('theirs', { limits: { perMinute: 6_000, burst: 50 }, monthlyTokens: 1_000_000 });
  authorization = { ours, theirs };
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
  const left = { ours: await live('ours'), theirs: await live('theirs') };
  const ids = [...left.ours.ids, ...left.theirs.ids];
  const keySecrets = tenants.keysOf('theirs').flatMap(({ id, secretHash }) => [id, secretHash]);
  theirSecrets = [secrets.theirs, left.theirs.webhookSecret, ...keySecrets];
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

/** Leaves something in every store, and gives the ids of answers, streams and jobs, and what signs a job's webhook. */
async function live(tenant: 'ours' | 'theirs'): Promise<{ ids: string[]; webhookSecret: string }> {
  const key = authorization[tenant];
  const webhook = { url: 'https://example.com/hook' };
  const replies = [
    await post(key, '/ask', { question, stream: true }),
    await post(key, '/ask', { question: 'how many holidays?' }),
    await post(key, '/jobs', { questions: [{ question: secrets[tenant] }], webhook }),
  ];
  const [stream = '', answer = '', job = ''] = replies.map(
    ({ text }) => /"id":"(?<id>[0-9a-f]{32})"/.exec(text)!.groups!['id']!,
  );
  await post(key, `/answers/${answer}/feedback`, { right: true });
  await tenants.leaveUndone(tenant, job);
  return { ids: [stream, answer, job], webhookSecret: /whsec_[^"]+/.exec(replies[2]!.text)![0] };
}

/** Asks for one tenant what the other must not hear of, nor change. */
async function check(sent: Sent): Promise<Reply> {
  const reply = await expectSound(description, tenants.send, sent);
  const told = reply.text + JSON.stringify(reply.headers);
  for (const secret of theirSecrets) expect(told).not.toContain(secret);
  const late = tenants.failures.splice(0).filter((error) => toRagError(error).status >= 500);
  expect(late).toEqual([]);
  tenants.calls.all.length = 0;
  return reply;
}

describe('whatever is sent, there is an answer, it is as the document says, and of one tenant alone', () => {
  it('and each tenant is told its own', async () => {
    for (const name of ['ours', 'theirs'] as const) {
      const { text } = await post(authorization[name], '/ask', { question: 'which door?', cache: 'off' });
      expect(text).toContain(secrets[name]);
    }
  });

  it('to every operation', { timeout: 120_000 }, async () => {
    const before = storedOf(tenants, 'theirs');
    for (const [store, things] of Object.entries(before))
      expect(`${store}: ${things}`).not.toMatch(/: \[\]$/);
    for (const operation of description.operations) {
      // Those before may have deleted it all.
      tenants.settle('ours');
      const statuses = await fuzz(requestsTo(operation), eachMs, check);
      // Nothing would be said of an operation that refuses all that is sent to it.
      const served = Math.min(...statuses.keys());
      expect(`${operation.operation.operationId} ${served}`).toMatch(/ 2\d\d$/);
    }
    expect(storedOf(tenants, 'theirs')).toEqual(before);
  });

  it('to any path, by any method', async () => {
    await fuzz(anywhere, eachMs, check);
  });
});
