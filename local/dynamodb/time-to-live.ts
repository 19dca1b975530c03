import { tableRecord, type Parameters } from './dynalite.ts';
import { validationError } from './service-error.ts';
import type { TableTools } from './table-operations.ts';

interface Specification {
  AttributeName?: string;
  Enabled?: boolean;
}

/** UpdateTimeToLive: remembered, and nothing is deleted. What is expired is left out on every read anyway. */
export async function updateTimeToLive({ store, catalogue }: TableTools, data: Parameters): Promise<object> {
  const tableName = data['TableName'] as string;
  const wanted = (data['TimeToLiveSpecification'] ?? {}) as Specification;
  if (!wanted.AttributeName || wanted.Enabled === undefined) {
    throw validationError('TimeToLiveSpecification must have an AttributeName and Enabled');
  }
  const record = await tableRecord(store, tableName);
  const { timeToLive: current, ...saved } = catalogue.get(tableName)?.saved ?? {
    vectorIndexes: [],
    attributes: record.AttributeDefinitions,
  };
  if (wanted.Enabled === (current !== undefined)) {
    throw validationError(`TimeToLive is already ${wanted.Enabled ? 'enabled' : 'disabled'}`);
  }
  if (!wanted.Enabled && current !== wanted.AttributeName) {
    throw validationError(
      'TimeToLive is active on a different AttributeName: current AttributeName is ' + current,
    );
  }
  await catalogue.save(
    tableName,
    wanted.Enabled ? { ...saved, timeToLive: wanted.AttributeName } : saved,
    record,
  );
  return { TimeToLiveSpecification: wanted };
}

/** DescribeTimeToLive. */
export async function describeTimeToLive(
  { store, catalogue }: TableTools,
  data: Parameters,
): Promise<object> {
  const tableName = data['TableName'] as string;
  await tableRecord(store, tableName);
  const attribute = catalogue.get(tableName)?.saved.timeToLive;
  return {
    TimeToLiveDescription: attribute
      ? { AttributeName: attribute, TimeToLiveStatus: 'ENABLED' }
      : { TimeToLiveStatus: 'DISABLED' },
  };
}
