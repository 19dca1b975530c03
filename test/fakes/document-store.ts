import type { DocumentKey, DocumentStore } from '../../lib/rag/ports/documents.ts';
import type { DocumentRecord, Scope } from '../../lib/rag/types.ts';
import type { Calls } from './calls.ts';

/** Documents' records in memory, each change under the lock of the revision. */
export function createFakeDocuments(calls: Calls): DocumentStore & { entries: Map<string, DocumentRecord> } {
  const entries = new Map<string, DocumentRecord>();
  const at = ({ scope, id }: { scope: Scope; id: string }) => `${scope} ${id}`;
  const inScope = (scope: Scope) => Array.from(entries.values()).filter((record) => record.scope === scope);

  const update = (key: DocumentKey, revision: number, change: (record: DocumentRecord) => DocumentRecord) => {
    const record = entries.get(at(key));
    if ((record?.revision ?? 0) !== revision) return false;
    entries.set(at(key), { ...change(record ?? created(key)), updatedAt: new Date().toISOString() });
    return true;
  };
  const without = (
    record: DocumentRecord,
    ...fields: ('reason' | 'version' | 'size' | 'etag' | 'contentType' | 'metadata')[]
  ) => {
    const rest = { ...record };
    for (const field of fields) delete rest[field];
    return rest;
  };

  return {
    entries,
    get: (key, { signal }) =>
      calls.take('documents.get', key, signal, () => structuredClone(entries.get(at(key)))),
    getMany: ({ scope, ids }, { signal }) =>
      calls.take('documents.getMany', { scope, ids }, signal, () => {
        const found = ids.flatMap((id) => entries.get(at({ scope, id })) ?? []);
        return new Map(found.map((record) => [record.id, structuredClone(record)]));
      }),
    recent: ({ scope, limit }, { signal }) =>
      calls.take('documents.recent', { scope, limit }, signal, () =>
        inScope(scope)
          .toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1))
          .slice(0, limit)
          .map(({ id, version, updatedAt }) => ({
            id,
            ...(version !== undefined && { version }),
            updatedAt,
          })),
      ),
    list: ({ scope, limit, after = '', state }, { signal }) =>
      calls.take('documents.list', { scope, limit, after, state }, signal, () => {
        const rest = inScope(scope)
          .filter((record) => (state ? record.state === state : record.state !== 'deleted'))
          .filter((record) => record.id > after)
          .toSorted((a, b) => (a.id < b.id ? -1 : 1));
        const documents = structuredClone(rest.slice(0, limit));
        const next = rest.length > limit ? documents.at(-1)?.id : undefined;
        return { documents, ...(next !== undefined && { next }) };
      }),
    receive: (key, putAt, { signal }) =>
      calls.take('documents.receive', { key, putAt }, signal, () => {
        const record = entries.get(at(key));
        if (record && record.updatedAt >= putAt) return;
        const kept = without(record ?? created(key), 'reason');
        entries.set(at(key), { ...kept, state: 'received', chunksDone: 0, attempts: 0, updatedAt: putAt });
      }),
    reportWork: (key, revision, work, { signal }) =>
      calls.take('documents.reportWork', { key, revision, work }, signal, () =>
        update(key, revision, (record) => ({ ...without(record, 'reason'), ...work })),
      ),
    reportFailure: (key, revision, reason, { signal }) =>
      calls.take('documents.reportFailure', { key, revision, reason }, signal, () =>
        update(key, revision, (record) => ({ ...record, state: 'failed', reason, revision: revision + 1 })),
      ),
    makeCurrent: (key, revision, ready, { signal }) =>
      calls.take('documents.makeCurrent', { key, revision, ready }, signal, () =>
        update(key, revision, (record) => ({
          ...without(record, 'reason', 'metadata'),
          ...ready,
          state: 'ready',
          chunksDone: ready.chunks,
          revision: revision + 1,
        })),
      ),
    purgeAnswers: (key, at, { signal }) =>
      calls.take('documents.purgeAnswers', { key, at }, signal, () => {
        const record = entries.get(`${key.scope} ${key.id}`);
        if (!record || record.state === 'deleted') return false;
        record.answersPurgedAt = at;
        return true;
      }),
    bury: (key, revision, { signal }) =>
      calls.take('documents.bury', { key, revision }, signal, () =>
        update(key, revision, (record) => ({
          ...without(record, 'reason', 'version', 'size', 'etag', 'contentType', 'metadata'),
          state: 'deleted',
          chunks: 0,
          chunksDone: 0,
          revision: revision + 1,
        })),
      ),
  };
}

function created({ scope, id, uri }: DocumentKey): DocumentRecord {
  const now = new Date().toISOString();
  return {
    scope,
    id,
    uri,
    state: 'received',
    revision: 0,
    title: id,
    chunks: 0,
    chunksDone: 0,
    attempts: 0,
    createdAt: now,
    updatedAt: now,
  };
}
