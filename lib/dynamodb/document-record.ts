import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { RecentDocument } from '../rag/ports/documents.ts';
import type { DocumentRecord, Scope } from '../rag/types.ts';

/** A record as the table has it. */
interface DocumentItem extends Omit<DocumentRecord, 'id' | 'scope'> {
  pk: string;
  sk: string;
  recentScope: Scope;
  expiresAt?: number;
}

/** An item of the index of recent documents. There are a hundred to a question, so none is read but for what is needed. */
export function toRecent({ sk, version, updatedAt }: Record<string, AttributeValue>): RecentDocument {
  return {
    id: sk?.S ?? '',
    ...(version?.S !== undefined && { version: version.S }),
    updatedAt: updatedAt?.S ?? '',
  };
}

/** An item of the table as the record that it holds. */
export function toRecord(item: Record<string, AttributeValue>): DocumentRecord {
  const { pk: _pk, sk: id, recentScope, expiresAt: _expiresAt, ...fields } = unmarshall(item) as DocumentItem;
  return { ...fields, id, scope: recentScope };
}
