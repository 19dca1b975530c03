import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { DocumentRecord, Scope } from '../rag/types.ts';

/** A record as the table has it. */
interface DocumentItem extends Omit<DocumentRecord, 'id' | 'scope'> {
  pk: string;
  sk: string;
  recentScope: Scope;
  expiresAt?: number;
}

/** An item of the table as the record that it holds. */
export function toRecord(item: Record<string, AttributeValue>): DocumentRecord {
  const { pk: _pk, sk: id, recentScope, expiresAt: _expiresAt, ...fields } = unmarshall(item) as DocumentItem;
  return { ...fields, id, scope: recentScope };
}
