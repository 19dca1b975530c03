import { describe, expect, it } from 'vitest';
import { only, synthesise } from './synthesise.ts';

interface Statement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource: unknown;
  Condition?: Record<string, Record<string, string[]>>;
}

/** How a template names something it does not know yet. */
interface Reference {
  'Fn::Join'?: [string, unknown[]];
  'Fn::ImportValue'?: string;
  'Fn::GetAtt'?: [string, string];
}

const { service } = synthesise();

/** What a function may do: each resource, shortened to its name, with the actions on it. */
function grantsOf(name: 'Api' | 'Ingest' | 'Jobs'): Record<string, string[]> {
  const grants: Record<string, string[]> = {};
  for (const { Action, Resource } of statementsOf(name)) {
    const resource = nameOf(Resource);
    grants[resource] = [...(grants[resource] ?? []), Action].flat().toSorted();
  }
  return grants;
}

function statementsOf(name: 'Api' | 'Ingest' | 'Jobs'): Statement[] {
  const policy = only(service, 'AWS::IAM::Policy', name);
  return (policy.Properties['PolicyDocument'] as { Statement: Statement[] }).Statement;
}

/** `Knowledge/index/recent` for the ARN of that index: the construct's name without CDK's hashes. */
function nameOf(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { 'Fn::Join': join, 'Fn::ImportValue': output, 'Fn::GetAtt': attribute } = resource as Reference;
  if (join !== undefined) return join[1].map(nameOf).join('');
  const name = output?.replace(/^.*Output(FnGetAtt|Ref)/, '').replace(/[0-9A-F]{8}$/, '') ?? attribute?.[0];
  return String(name).replace(/([0-9A-F]{8})?(Arn)?$/, '');
}

const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];

describe('a function may do exactly what it does', () => {
  it('the API', () => {
    expect(grantsOf('Api')).toEqual({
      ApiLogs: logs,
      Knowledge: ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'dynamodb:UpdateItem'],
      'Knowledge/index/recent': ['dynamodb:Query'],
      'Knowledge/index/chunks-text-embedding-3-small-512': ['dynamodb:SearchVectors'],
      Answers: [
        'dynamodb:BatchGetItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:PutItem',
        'dynamodb:UpdateItem',
      ],
      'Answers/index/answers-text-embedding-3-small-512': ['dynamodb:SearchVectors'],
      // Of the keys it may read alone; of jobs and logs, each by a statement of its own, the rest.
      Control: [
        'dynamodb:BatchWriteItem',
        'dynamodb:GetItem',
        ...['dynamodb:PutItem', 'dynamodb:PutItem', 'dynamodb:Query', 'dynamodb:Query'],
        'dynamodb:UpdateItem',
      ],
      'Documents/*': ['s3:DeleteObject', 's3:GetObject', 's3:PutObject'],
      Documents: ['s3:ListBucket'],
      IngestQueue: ['sqs:SendMessage'],
      JobsQueue: ['sqs:SendMessage'],
      ModelKey: ['secretsmanager:GetSecretValue'],
    });
  });

  it('jobs', () => {
    const { ApiLogs: _, 'Documents/*': __, Documents: ___, IngestQueue: ____, ...asTheApi } = grantsOf('Api');
    expect(grantsOf('Jobs')).toEqual({
      ...asTheApi,
      JobsLogs: logs,
      Control: ['BatchWriteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map(
        (action) => `dynamodb:${action}`,
      ),
      JobsQueue: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ],
    });
  });

  it('ingestion', () => {
    expect(grantsOf('Ingest')).toEqual({
      IngestLogs: logs,
      Knowledge: [
        'dynamodb:BatchGetItem',
        'dynamodb:BatchWriteItem',
        'dynamodb:DeleteItem',
        'dynamodb:GetItem',
        'dynamodb:Query',
        'dynamodb:UpdateItem',
      ],
      'Documents/*': ['s3:GetObject'],
      Documents: ['s3:ListBucket'],
      ModelKey: ['secretsmanager:GetSecretValue'],
      IngestQueue: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ],
    });
  });

  it('searches vectors by a statement of its own, on the index alone', () => {
    const searches = statementsOf('Api').filter(({ Action }) =>
      [Action].flat().includes('dynamodb:SearchVectors'),
    );
    expect(searches.map(({ Action }) => Action)).toEqual([
      'dynamodb:SearchVectors',
      'dynamodb:SearchVectors',
    ]);
    expect(searches.map(({ Resource }) => nameOf(Resource).replace(/-.*$/, '')).toSorted()).toEqual([
      'Answers/index/answers',
      'Knowledge/index/chunks',
    ]);
  });

  it('reads keys, and neither makes nor changes any', () => {
    const changing = [...statementsOf('Api'), ...statementsOf('Jobs')].filter(
      ({ Resource, Action }) => nameOf(Resource) === 'Control' && Action !== 'dynamodb:GetItem',
    );
    expect(changing.length).toBeGreaterThan(0);
    for (const { Condition } of changing) {
      const { 'dynamodb:LeadingKeys': partitions } = Condition?.['ForAllValues:StringLike'] ?? {};
      expect(partitions).toEqual(expect.arrayContaining([expect.any(String)]));
      for (const partition of partitions ?? []) expect(partition).toMatch(/^(?!key)[a-z]+#\*$/);
    }
  });

  it('never everything, nor anything on everything', () => {
    for (const { Action, Resource, Effect } of (['Api', 'Ingest', 'Jobs'] as const).flatMap(statementsOf)) {
      expect(Effect).toBe('Allow');
      for (const action of [Action].flat()) expect(action).not.toContain('*');
      expect([Resource].flat()).not.toContain('*');
    }
  });

  it('by no policy that AWS keeps, since those allow more', () => {
    for (const role of Object.values(service.findResources('AWS::IAM::Role'))) {
      expect(role['Properties']).not.toHaveProperty('ManagedPolicyArns');
    }
  });
});
