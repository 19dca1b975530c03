import { UpdateItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { CallOptions } from '../rag/ports/call.ts';
import type { DocumentKey, DocumentStore } from '../rag/ports/documents.ts';
import type { DocumentRecord, Scope } from '../rag/types.ts';
import { storedIf } from './client.ts';

/** How long a tombstone stands, in seconds: longer than any event or run that may still know the document. */
const tombstoneSeconds = 30 * 24 * 60 * 60;

type Changes = Partial<Omit<DocumentRecord, 'id' | 'scope'>> & { expiresAt?: number };
type Writes = Pick<
  DocumentStore,
  'receive' | 'reportWork' | 'reportFailure' | 'makeCurrent' | 'purgeAnswers' | 'bury'
>;

/** Partition that holds the records of a scope's documents. */
export function documentPartition(scope: Scope): string {
  return `${scope}#document`;
}

/** Primary key of a document's record. */
export function documentKey(key: { scope: Scope; id: string }): Record<'pk' | 'sk', AttributeValue> {
  return { pk: { S: documentPartition(key.scope) }, sk: { S: key.id } };
}

/** The writing half of the document store: each change is one conditional update of one item. */
export function updateDocument(client: DynamoDBClient, table: string): Writes {
  const update = async (
    key: DocumentKey,
    { set, remove, onlyIf }: Change,
    { signal }: CallOptions,
  ): Promise<boolean> => {
    const { expression, names, values } = toExpression(key, set, remove);
    const command = new UpdateItemCommand({
      TableName: table,
      Key: documentKey(key),
      UpdateExpression: expression,
      ConditionExpression: onlyIf.condition,
      ExpressionAttributeNames: { ...names, ...onlyIf.names },
      ExpressionAttributeValues: marshall({ ...values, ...onlyIf.values }, { removeUndefinedValues: true }),
    });
    return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
  };

  return {
    receive: async (key, putAt, options) => {
      await update(
        key,
        {
          set: { state: 'received', updatedAt: putAt, chunksDone: 0, attempts: 0 },
          remove: ['reason', 'expiresAt'],
          onlyIf: {
            condition: 'attribute_not_exists(#at) OR #at < :putAt',
            names: { '#at': 'updatedAt' },
            values: { ':putAt': putAt },
          },
        },
        options,
      );
    },
    reportWork: (key, revision, work, options) =>
      update(key, { set: { ...work }, remove: ['reason', 'expiresAt'], onlyIf: isAt(revision) }, options),
    reportFailure: (key, revision, reason, options) =>
      update(
        key,
        {
          set: { state: 'failed', reason, revision: revision + 1 },
          remove: ['expiresAt'],
          onlyIf: isAt(revision),
        },
        options,
      ),
    makeCurrent: (key, revision, ready, options) =>
      update(
        key,
        {
          set: { ...ready, state: 'ready', chunksDone: ready.chunks, revision: revision + 1 },
          remove: ['reason', 'expiresAt', ...(ready.metadata ? [] : ['metadata' as const])],
          onlyIf: isAt(revision),
        },
        options,
      ),
    purgeAnswers: async (key, at, { signal }) => {
      const command = new UpdateItemCommand({
        TableName: table,
        Key: documentKey(key),
        UpdateExpression: 'SET answersPurgedAt = :at',
        ConditionExpression: 'attribute_exists(#id) AND #state <> :deleted',
        ExpressionAttributeNames: { '#id': 'sk', '#state': 'state' },
        ExpressionAttributeValues: marshall({ ':at': at, ':deleted': 'deleted' }),
      });
      return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
    },
    bury: (key, revision, options) =>
      update(
        key,
        {
          set: {
            state: 'deleted',
            chunks: 0,
            chunksDone: 0,
            revision: revision + 1,
            expiresAt: Math.floor(Date.now() / 1_000) + tombstoneSeconds,
          },
          remove: ['version', 'reason', 'size', 'etag', 'contentType', 'metadata'],
          onlyIf: isAt(revision),
        },
        options,
      ),
  };
}

interface Change {
  set: Changes;
  remove: (keyof Changes)[];
  onlyIf: { condition: string; names: Record<string, string>; values: Record<string, unknown> };
}

// A record that `receive` made has no revision of its own yet: it counts as 0, like no record at all.
function isAt(revision: number): Change['onlyIf'] {
  return {
    condition: revision === 0 ? 'attribute_not_exists(#lock) OR #lock = :lock' : '#lock = :lock',
    names: { '#lock': 'revision' },
    values: { ':lock': revision },
  };
}

/** An update expression that also gives a new record everything that a record has. */
function toExpression(
  key: DocumentKey,
  set: Changes,
  remove: readonly string[],
): { expression: string; names: Record<string, string>; values: Record<string, unknown> } {
  const now = new Date().toISOString();
  const always = { recentScope: key.scope, uri: key.uri, updatedAt: now, ...set };
  const initial = { revision: 0, title: key.id, chunks: 0, chunksDone: 0, attempts: 0, createdAt: now };
  const names: Record<string, string> = {};
  const values: Record<string, unknown> = {};
  const sets: string[] = [];
  for (const [name, value] of Object.entries(always)) {
    if (value === undefined) continue;
    names[`#${name}`] = name;
    values[`:${name}`] = value;
    sets.push(`#${name} = :${name}`);
  }
  for (const [name, value] of Object.entries(initial)) {
    if (name in always) continue;
    names[`#${name}`] = name;
    values[`:${name}`] = value;
    sets.push(`#${name} = if_not_exists(#${name}, :${name})`);
  }
  for (const name of remove) names[`#${name}`] = name;
  const removes = remove.map((name) => `#${name}`).join(', ');
  return { expression: `SET ${sets.join(', ')} REMOVE ${removes}`, names, values };
}
