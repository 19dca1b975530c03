import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { TreatMissingData, type Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
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

/** SQS keeps no message longer. A job is kept for a week, so none is lost that is still of use. */
const retentionPeriod = Duration.days(14);

/** The queue that jobs are worked off from, with that of its dead letters and an alarm for the first of these. */
export function createJobsQueue(scope: Construct, { alarmTopicArn }: Pick<Settings, 'alarmTopicArn'>): Queue {
  const deadLetters = new Queue(scope, 'JobsDeadLetters', {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const alarm = deadLetters
    .metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: Duration.minutes(5) })
    .createAlarm(scope, 'JobsFailed', {
      alarmDescription: 'A message about a job lies with the dead letters: docs/runbook.md.',
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  notify(alarm, alarmTopicArn);
  return new Queue(scope, 'JobsQueue', {
    retentionPeriod,
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    // Longer than the function may run; its own limit of jobs at once keeps throttling away, as for ingestion.
    visibilityTimeout: jobsTimeout.plus(Duration.minutes(1)),
    deadLetterQueue: { queue: deadLetters, maxReceiveCount: maxJobReceives },
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** Has a topic told of an alarm, where there is one. */
function notify(alarm: Alarm, topicArn: string | undefined): void {
  if (topicArn === undefined) return;
  alarm.addAlarmAction(new SnsAction(Topic.fromTopicArn(alarm, 'Topic', topicArn)));
}
