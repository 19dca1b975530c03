import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { createDeadLetters } from './dead-letters.ts';
import type { Settings } from './settings.ts';

/** Lambda's own limit: what a job does not get done in it is handed on. */
export const jobsTimeout = Duration.minutes(15);

/** Jobs and webhooks that are worked at beside each other; each job asks the model up to eight questions at once. */
export const jobsAtOnce = 10;

/**
 * How often a message is delivered: three tries, and then once more to a function that only notes what became of them, for
 * nobody else is left to do so where each try ended the process. The function is told the same number.
 */
export const maxJobReceives = 4;

/** The queue that jobs are worked off from, with that of its dead letters and an alarm for the first of these. */
export function createJobsQueue(scope: Construct, settings: Pick<Settings, 'alarmTopicArn'>): Queue {
  const alarmDescription = 'A message about a job lies with the dead letters: docs/runbook.md.';
  const deadLetters = { id: 'JobsDeadLetters', alarmId: 'JobsFailed', alarmDescription };
  return new Queue(scope, 'JobsQueue', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // SQS keeps no message longer. A job is kept for a week, so none is lost that is still of use.
    retentionPeriod: Duration.days(14),
    // Longer than the function may run; its own limit of jobs at once keeps throttling away, as for ingestion.
    visibilityTimeout: jobsTimeout.plus(Duration.minutes(1)),
    deadLetterQueue: {
      queue: createDeadLetters(scope, deadLetters, settings),
      maxReceiveCount: maxJobReceives,
    },
    removalPolicy: RemovalPolicy.RETAIN,
  });
}
