import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { only, synthesise, type Resource } from './synthesise.ts';

const { data } = synthesise();
const bucket = only(data, 'AWS::S3::Bucket');
const queue = only(data, 'AWS::SQS::Queue', 'IngestQueue');
const deadLetters = only(data, 'AWS::SQS::Queue', 'IngestDeadLetters');
const queueArn = { 'Fn::GetAtt': [queue.id, 'Arn'] };

/** What the policies of a type refuse to callers without TLS, whatever they want to do with it. */
function refusedInPlainText(type: string): unknown[] {
  const policies = Object.values(data.findResources(type)) as Resource[];
  const statements = policies.flatMap(
    ({ Properties }) => (Properties['PolicyDocument'] as { Statement: Record<string, unknown>[] }).Statement,
  );
  return statements
    .filter(({ Effect, Condition }) => Effect === 'Deny' && JSON.stringify(Condition) === withoutTls)
    .map(({ Resource }) => Resource);
}

const withoutTls = JSON.stringify({ Bool: { 'aws:SecureTransport': 'false' } });

describe('the documents', () => {
  it('are private, encrypted, and stay when the stack goes', () => {
    expect(bucket.DeletionPolicy).toBe('Retain');
    expect(bucket.Properties['PublicAccessBlockConfiguration']).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(bucket.Properties['BucketEncryption']).toBeDefined();
  });

  it('tell the queue of every object that comes or goes', () => {
    expect(bucket.Properties['NotificationConfiguration']).toEqual({
      QueueConfigurations: [
        { Event: 's3:ObjectCreated:*', Queue: queueArn },
        { Event: 's3:ObjectRemoved:*', Queue: queueArn },
      ],
    });
    data.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 's3.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
            Resource: queueArn,
          }),
        ]),
      },
    });
    expect(bucket.DependsOn).toEqual([only(data, 'AWS::SQS::QueuePolicy', 'IngestQueue').id]);
  });

  it('are uploaded by forms that any page may send, and are read by none', () => {
    expect(bucket.Properties['CorsConfiguration']).toEqual({
      CorsRules: [{ AllowedMethods: ['POST'], AllowedOrigins: ['*'], MaxAge: 3600 }],
    });
  });

  it('leave no unfinished uploads behind', () => {
    expect(bucket.Properties['LifecycleConfiguration']).toEqual({
      Rules: [{ AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 }, Status: 'Enabled' }],
    });
  });
});

describe('the queue', () => {
  it('gives up after three tries and a delivery that notes them, and keeps what failed for two weeks', () => {
    expect(queue.Properties['RedrivePolicy']).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] },
      maxReceiveCount: 4,
    });
    expect(deadLetters.Properties['MessageRetentionPeriod']).toBe(14 * 24 * 60 * 60);
  });

  it('is encrypted, as the dead letters are', () => {
    for (const { Properties } of [queue, deadLetters]) expect(Properties['SqsManagedSseEnabled']).toBe(true);
  });
});

describe('what is kept', () => {
  it('is reached over TLS only', () => {
    const bucketArn = { 'Fn::GetAtt': [bucket.id, 'Arn'] };
    expect(refusedInPlainText('AWS::S3::BucketPolicy')).toEqual([
      [bucketArn, { 'Fn::Join': ['', [bucketArn, '/*']] }],
    ]);
    expect(refusedInPlainText('AWS::SQS::QueuePolicy')).toEqual(
      expect.arrayContaining([queueArn, { 'Fn::GetAtt': [deadLetters.id, 'Arn'] }]),
    );
  });

  it('holds a place for the key of the model, and no key', () => {
    const secret = only(data, 'AWS::SecretsManager::Secret');
    expect(Object.keys(secret.Properties)).toEqual(['Description']);
    expect(secret.DeletionPolicy).toBe('Retain');
  });

  it('is all there is: nothing of it runs', () => {
    for (const type of ['AWS::Lambda::Function', 'AWS::IAM::Role']) {
      expect(data.findResources(type)).toEqual({});
    }
  });
});
