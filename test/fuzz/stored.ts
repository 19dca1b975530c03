import type { Tenants } from './tenants.ts';

/** All that is stored of a tenant, and what was sent for them, by the name of the store. */
export function storedOf(tenants: Tenants, tenant: string): Record<string, string> {
  const { documents, chunks, keywords, bucket, answers, leases, served, log, jobs } = tenants;
  const { keys, limits, budgets, events, queue } = tenants;
  const stores: Record<string, Iterable<readonly [string, unknown]>> = {
    ...{ documents: documents.entries, chunks: chunks.entries, keywords: keywords.entries },
    ...{ bucket: bucket.entries, answers: answers.entries, counters: answers.states },
    ...{ leases: leases.entries, served: served.entries, log: log.entries, jobs: jobs.entries },
    ...{ keys: keys.entries, limits: limits.whole, budgets: budgets.taken },
    events: events.sent.map((name) => [name, 'sent']),
    queue: queue.sent.map((message) => [`${message.tenant} ${message.id}`, message]),
  };
  const keyIds = tenants.keysOf(tenant).map(({ id }) => id);
  const isTheirs = (name: string) =>
    [tenant, ...keyIds].some(
      (start) => name === start || name.startsWith(`${start}/`) || name.startsWith(`${start} `),
    );
  return Object.fromEntries(
    Object.entries(stores).map(([store, entries]) => {
      const theirs = Array.from(entries).filter(([name]) => isTheirs(name));
      return [store, JSON.stringify(theirs, mapsToo)];
    }),
  );
}

function mapsToo(_: string, value: unknown): unknown {
  return value instanceof Map ? Array.from(value) : value;
}
