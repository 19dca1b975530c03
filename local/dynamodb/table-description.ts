import type { TableState } from './catalogue.ts';
import type { TableRecord } from './dynalite.ts';
import type { VectorIndex } from './vector-index.ts';

/**
 * A table as the service describes it. The counts are of this moment, where the service's are hours old.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_VectorIndexDescription.html
 */
export function describe(record: TableRecord, state: TableState | undefined): object {
  if (!state?.indexes.length) return record;
  return {
    ...record,
    AttributeDefinitions: state.saved.attributes,
    VectorIndexes: state.indexes.map((index) => describeIndex(index, record)),
  };
}

function describeIndex(index: VectorIndex, { TableArn: arn, TableStatus: status }: TableRecord): object {
  const isActive = index.ready && status !== 'CREATING';
  return {
    ...index.definition,
    IndexStatus: isActive ? 'ACTIVE' : 'CREATING',
    // The service takes the member away when it is done, it never says false beside ACTIVE.
    ...(!index.ready && { Backfilling: true }),
    ItemCount: index.itemCount,
    IndexSizeBytes: index.sizeBytes(),
    IndexArn: `${arn}/index/${index.definition.IndexName}`,
  };
}
