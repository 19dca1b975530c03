import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  CfnBucket,
  HttpMethods,
  ObjectOwnership,
} from 'aws-cdk-lib/aws-s3';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** Who hears of its objects. */
export interface DocumentsBucketProps {
  /** Gets a message for every object that comes, changes or goes. */
  notify: Queue;
}

/** The bucket with the documents' originals: private, encrypted, reached over TLS only. */
export function createDocumentsBucket(scope: Construct, props: DocumentsBucketProps): Bucket {
  const bucket = new Bucket(scope, 'Documents', {
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    removalPolicy: RemovalPolicy.RETAIN,
    // Parts of an upload that never ended are paid for and seen by nobody.
    lifecycleRules: [{ abortIncompleteMultipartUploadAfter: Duration.days(1) }],
    // A page uploads by the presigned form, which is a POST. Whoever holds a form may use it, from a page or not, so there is
    // nothing that a list of pages would keep away (docs/decisions/0021-chat-page.md).
    cors: [{ allowedMethods: [HttpMethods.POST], allowedOrigins: ['*'], maxAge: 3600 }],
  });
  notifyOfObjects(bucket, props.notify);
  return bucket;
}

/**
 * Notifications in the bucket's own words: `addEventNotification` would deploy a function of CDK's that may change the
 * notifications of every bucket in the account. The queue lets S3 in for this account's buckets only; naming the
 * bucket itself would make each of the two wait for the other.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/ways-to-add-notification-config-to-bucket.html
 */
function notifyOfObjects(bucket: Bucket, queue: Queue): void {
  const s3 = new ServicePrincipal('s3.amazonaws.com', {
    conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(bucket).account } },
  });
  const granted = queue.grant(s3, 'sqs:SendMessage');
  const resource = bucket.node.defaultChild;
  if (!(resource instanceof CfnBucket)) throw new Error('A bucket is not made of a CfnBucket any more.');
  resource.notificationConfiguration = {
    queueConfigurations: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'].map((event) => ({
      event,
      queue: queue.queueArn,
    })),
  };
  // S3 sends a test message when the configuration is set, so the queue must let it in before.
  granted.applyBefore(resource);
}
