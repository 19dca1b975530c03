import { identifyByKey } from '../../lib/http/access.ts';
import { createAccess } from '../../lib/rag/access/access.ts';
import { RagError } from '../../lib/rag/errors.ts';
import { createKeyText } from '../../lib/rag/access/key-text.ts';
import type { ApiKey } from '../../lib/rag/ports/access.ts';
import { createFakeBudgets, createFakeKeys, createFakeLimits } from '../fakes/access.ts';
import { createCalls } from '../fakes/calls.ts';
import { finish } from '../fakes/chat.ts';
import { call, createService, textOf } from '../unit/http/calling.ts';
import type { Send } from './sound.ts';

/** What nobody but the tenant of the name may ever read. */
export const secrets = { ours: 'kingfisher-4711', theirs: 'nightjar-0815' } as const;

/** The API over fakes with two tenants whose documents have the same names, and whose questions are the same. */
export async function createTenants() {
  const calls = createCalls();
  const keys = createFakeKeys(calls);
  const limits = createFakeLimits(calls);
  const budgets = createFakeBudgets(calls);
  const access = createAccess({ keys, limits, budgets, telemetry: { failed: () => {} } });
  // The model repeats all that it is told, so that whatever reaches it would be seen, and refuses what real ones refuse.
  const service = createService((messages) => {
    const texts = messages.map(({ content }) => content);
    if (!texts.every((text) => text.isWellFormed())) throw new RagError('model_rejected', 'That is no text.');
    return [...texts, ' [1]', finish];
  }, identifyByKey(access));

  const createKey = (tenant: string, more: Partial<ApiKey> = {}): string => {
    const { text, id, secretHash } = createKeyText(tenant);
    const own = { id, tenant, name: tenant, scopes: ['ask', 'write', 'admin'] } as const;
    keys.entries.set(id, { key: { ...own, createdAt: new Date().toISOString(), ...more }, secretHash });
    return text;
  };

  const send: Send = async ({ method, url, headers, body }) => {
    const response = await call(service.api, method, url, {
      headers,
      ...(body !== undefined && { body: Buffer.from(body, 'latin1') }),
    });
    const text = await textOf(response);
    await response.afterResponse?.();
    return { status: response.status, headers: response.headers, text };
  };

  /** Puts a tenant's documents in service, as they were at first. */
  const settle = (tenant: keyof typeof secrets) => {
    const secret = secrets[tenant];
    for (const collection of ['main', 'hr']) {
      const scope = `${tenant}/${collection}` as const;
      const fields = { team: 'legal', secret };
      service.bucket.entries.set(`${scope}/guide`, { body: Buffer.from(secret), contentType: 'text/plain' });
      service.serve('guide', 'v1', [`the red door, ${secret}`], scope, { title: secret, fields });
      service.serve('staff/rules.md', 'v1', [`thirty holidays, ${secret}`], scope, { fields });
    }
    service.serve(`only-${tenant}`, 'v1', [`the blue door, ${secret}`], `${tenant}/main`);
  };
  settle('ours');
  settle('theirs');

  /** Leaves what only stands while something runs, and the result of a job. */
  const leaveUndone = async (tenant: keyof typeof secrets, job: string) => {
    const { leases, answers, jobs, events } = service;
    const scope = `${tenant}/main` as const;
    const options = { signal: new AbortController().signal };
    await leases.take({ scope, key: 'a question' }, 'somebody', 3_600_000, options);
    await answers.learn(scope, { asked: 1 }, options);
    const error = { code: 'not_found', message: secrets[tenant], retryable: false };
    await jobs.addResult({ tenant, id: job }, { index: 0, error }, options);
    await events.replay({ scope, id: 'guide' }, options);
  };

  /** The keys of a tenant, and what of each nobody else may read. */
  const keysOf = (tenant: string) =>
    Array.from(keys.entries.values())
      .filter(({ key }) => key.tenant === tenant)
      .map(({ key: { id }, secretHash }) => ({ id, secretHash }));

  return { ...service, keys, limits, budgets, createKey, send, settle, leaveUndone, keysOf };
}

export type Tenants = Awaited<ReturnType<typeof createTenants>>;
