import { CfnTable, type CfnTableProps } from 'aws-cdk-lib/aws-dynamodb';
import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TableSpec } from '../lib/dynamodb/tables.ts';

/**
 * A table from the value the laptop creates it from. DynamoDB's words are CloudFormation's too, so they go into the
 * template as they are: whatever a specification says later (another index, a stream) needs no change here, and
 * the validation at synth refuses what CloudFormation does not know. Level 2 does not know vector indexes yet.
 * No key is named: DynamoDB encrypts with its own, which costs nothing.
 */
export function createTable(
  scope: Construct,
  id: string,
  { expiresAttribute, ...specification }: TableSpec,
  protection: Pick<CfnTableProps, 'deletionProtectionEnabled' | 'pointInTimeRecoverySpecification'>,
): CfnTable {
  const table = new CfnTable(scope, id, { keySchema: [], ...protection });
  for (const [property, value] of Object.entries(specification)) table.addPropertyOverride(property, value);
  if (expiresAttribute !== undefined) {
    table.timeToLiveSpecification = { enabled: true, attributeName: expiresAttribute };
  }
  table.applyRemovalPolicy(RemovalPolicy.RETAIN);
  if (specification.VectorIndexes !== undefined) {
    Validations.of(table).acknowledge({
      id: 'CloudFormation-Validate::E3039',
      reason: 'The rule does not count the attributes that only a vector index uses; a test of ours does.',
    });
  }
  return table;
}
