import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { answersTable, controlTable, knowledgeTable } from '../lib/dynamodb/tables.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createDocumentsBucket } from './documents-bucket.ts';
import { ingestVisibility, maxReceives } from './ingest-limits.ts';
import { createJobsQueue } from './jobs-queue.ts';
import { embeddingsOf, type Settings } from './settings.ts';
import { createTable } from './table.ts';

/** What the stack is made with. */
export interface DataStackProps extends StackProps {
  settings: Settings;
}

/** Everything that must outlive a deployment: it is protected, and stays when the stack is deleted. */
export class DataStack extends Stack {
  readonly knowledge: CfnTable;
  readonly answers: CfnTable;
  readonly control: CfnTable;
  readonly documents: Bucket;
  readonly ingestQueue: Queue;
  readonly jobsQueue: Queue;
  readonly modelKey: Secret;

  constructor(scope: Construct, id: string, { settings, ...props }: DataStackProps) {
    super(scope, id, { terminationProtection: true, ...props });
    this.knowledge = this.createKnowledge(settings);
    // Answers can be asked again, so nobody would pay to restore them to a point in time.
    this.answers = createTable(this, 'Answers', answersTable(...embeddingsOf(settings)), {
      deletionProtectionEnabled: true,
    });
    this.control = createTable(this, 'Control', controlTable(), {
      deletionProtectionEnabled: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
    this.ingestQueue = this.createIngestQueue(settings);
    this.jobsQueue = createJobsQueue(this, settings);
    this.documents = createDocumentsBucket(this, { notify: this.ingestQueue });
    this.modelKey = this.createModelKey();
    new CfnOutput(this, 'KnowledgeTableName', { value: this.knowledge.ref });
    new CfnOutput(this, 'ControlTableName', { value: this.control.ref });
    new CfnOutput(this, 'DocumentsBucketName', { value: this.documents.bucketName });
    new CfnOutput(this, 'ModelKeySecretArn', { value: this.modelKey.secretArn });
  }

  private createKnowledge(settings: Settings): CfnTable {
    return createTable(this, 'Knowledge', knowledgeTable(...embeddingsOf(settings)), {
      deletionProtectionEnabled: true,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    });
  }

  private createIngestQueue(settings: Settings): Queue {
    const alarmDescription = 'An event of a document lies with the dead letters: docs/runbook.md.';
    const dead = { id: 'IngestDeadLetters', alarmId: 'DocumentsFailed', alarmDescription };
    const deadLetters = createDeadLetters(this, dead, settings);
    return new Queue(this, 'IngestQueue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      visibilityTimeout: ingestVisibility,
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: maxReceives },
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  /** An empty secret: the key is put in by hand after the deployment, and is in no template, log or state. */
  private createModelKey(): Secret {
    const secret = new Secret(this, 'ModelKey', {
      description: "Key of the model's API. Set it with: aws secretsmanager put-secret-value",
      removalPolicy: RemovalPolicy.RETAIN,
    });
    // Without this, CDK has a random value made, and a key that was never set looks like one that is wrong.
    if (secret.node.defaultChild instanceof CfnSecret)
      secret.node.defaultChild.generateSecretString = undefined;
    return secret;
  }
}
