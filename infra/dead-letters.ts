import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { Settings } from './settings.ts';

/** A queue of messages that failed for good, for two weeks, with an alarm that goes off for the first and tells the topic. */
export function createDeadLetters(
  scope: Construct,
  { id, alarmId, alarmDescription }: { id: string; alarmId: string; alarmDescription: string },
  { alarmTopicArn }: Pick<Settings, 'alarmTopicArn'>,
): Queue {
  const deadLetters = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
    removalPolicy: RemovalPolicy.RETAIN,
  });
  const alarm = deadLetters
    .metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: Duration.minutes(5) })
    .createAlarm(scope, alarmId, {
      alarmDescription,
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  if (alarmTopicArn !== undefined)
    alarm.addAlarmAction(new SnsAction(Topic.fromTopicArn(alarm, 'Topic', alarmTopicArn)));
  return deadLetters;
}
