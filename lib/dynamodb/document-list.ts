import { QueryCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { CallOptions } from '../rag/ports/call.ts';
import type { DocumentStore } from '../rag/ports/documents.ts';
import type { DocumentRecord } from '../rag/types.ts';
import { stored } from './client.ts';
import { toRecord } from './document-record.ts';
import { documentKey, documentPartition } from './document-updates.ts';

type ListQuery = Parameters<DocumentStore['list']>[0];

/** Records looked at by one query for a state, which most of them may not be in. */
const lookedAt = 500;

/** Queries for one page. The table drops what does not fit after it has read it, so a page can take several. */
const maxQueries = 8;

/** A page of documents by id: as many as asked for, unless too many others lie between them. */
export async function listDocuments(
  client: DynamoDBClient,
  table: string,
  query: ListQuery,
  { signal }: CallOptions,
): Promise<{ documents: DocumentRecord[]; next?: string }> {
  const documents: DocumentRecord[] = [];
  let next = query.after;
  for (let queries = 0; queries < maxQueries && documents.length < query.limit; queries += 1) {
    const command = toCommand(table, query, next);
    const { Items = [], LastEvaluatedKey } = await stored(
      signal,
      client.send(command, { abortSignal: signal }),
    );
    documents.push(...Items.map(toRecord));
    next = LastEvaluatedKey?.['sk']?.S;
    if (next === undefined) break;
  }
  // The page ends where its last document stands, though more may have been read.
  if (documents.length > query.limit) {
    documents.length = query.limit;
    next = documents.at(-1)?.id;
  }
  return { documents, ...(next !== undefined && { next }) };
}

function toCommand(table: string, query: ListQuery, after: string | undefined): QueryCommand {
  const { scope, limit, state } = query;
  return new QueryCommand({
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    FilterExpression: state === undefined ? '#state <> :state' : '#state = :state',
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: marshall({ ':pk': documentPartition(scope), ':state': state ?? 'deleted' }),
    Limit: state === undefined ? limit : Math.max(limit, lookedAt),
    ...(after !== undefined && { ExclusiveStartKey: documentKey({ scope, id: after }) }),
  });
}
