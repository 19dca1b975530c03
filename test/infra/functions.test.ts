import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseApiConfig, parseIngestConfig, parseJobsConfig } from '../../lib/config.ts';
import { only, synthesise } from './synthesise.ts';

const { data, service } = synthesise({ chatModel: 'some-chat', modelBaseUrl: 'https://models.example/v1' });
const api = only(service, 'AWS::Lambda::Function', 'Api');
const ingest = only(service, 'AWS::Lambda::Function', 'Ingest');
const jobs = only(service, 'AWS::Lambda::Function', 'Jobs');
const queue = only(data, 'AWS::SQS::Queue', 'IngestQueue');
const jobsQueue = only(data, 'AWS::SQS::Queue', 'JobsQueue');

/** The function's variables as Lambda sets them, each reference to another stack resolved to the name of its export. */
function environmentOf(resource: { Properties: Record<string, unknown> }): Record<string, string> {
  const { Variables } = resource.Properties['Environment'] as { Variables: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(Variables).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : nameOf(name, value as Record<string, unknown>),
    ]),
  );
}

/** A reference's name; where a URL is meant, the name as one. */
function nameOf(variable: string, reference: Record<string, unknown>): string {
  const name = String(reference['Fn::ImportValue']);
  return variable.endsWith('_URL') ? `https://queue.example/${name}` : name;
}

describe('every function', () => {
  it('runs on Node 24 on arm64 and logs JSON that is kept for a month', () => {
    // CDK's own puts the page into its bucket at a deployment (test/infra/page.test.ts).
    const ids = Object.keys(service.findResources('AWS::Lambda::Function'));
    expect(ids.filter((id) => !id.startsWith('CustomCDKBucketDeployment')).toSorted()).toEqual([
      api.id,
      ingest.id,
      jobs.id,
    ]);
    service.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    for (const { Properties } of [api, ingest, jobs]) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Handler: 'index.handler',
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: expect.stringContaining('Logs') } },
      });
    }
  });

  it('is told where things are, and that is a whole configuration', () => {
    expect(parseApiConfig(environmentOf(api))).toEqual({
      OPENAI_SECRET_ARN: expect.stringContaining('ModelKey'),
      OPENAI_BASE_URL: 'https://models.example/v1',
      CHAT_MODEL: 'some-chat',
      EMBEDDING_MODEL: 'text-embedding-3-small',
      EMBEDDING_DIMENSIONS: 512,
      KNOWLEDGE_TABLE: expect.stringContaining('RefKnowledge'),
      ANSWERS_TABLE: expect.stringContaining('RefAnswers'),
      CONTROL_TABLE: expect.stringContaining('RefControl'),
      AUTH: 'keys',
      ALLOWED_ORIGINS: [],
      ANSWER_LOG: 'on',
      CACHE_MAX_ERROR_RATE: 0.01,
      DOCUMENTS_BUCKET: expect.stringContaining('RefDocuments'),
      INGEST_QUEUE_URL: expect.stringContaining(queue.id),
      JOBS_QUEUE_URL: expect.stringContaining(jobsQueue.id),
      ASK_BUDGET_MS: 60_000,
    });
    // Jobs are answered as the API answers, and by the same clock.
    const { ANSWER_LOG: _, ...shared } = parseApiConfig(environmentOf(api));
    expect(parseJobsConfig(environmentOf(jobs))).toMatchObject({ ...shared, MAX_RECEIVES: 4 });
    expect(parseIngestConfig(environmentOf(ingest))).toEqual({
      OPENAI_SECRET_ARN: expect.stringContaining('ModelKey'),
      OPENAI_BASE_URL: 'https://models.example/v1',
      EMBEDDING_MODEL: 'text-embedding-3-small',
      EMBEDDING_DIMENSIONS: 512,
      KNOWLEDGE_TABLE: expect.stringContaining('RefKnowledge'),
      DOCUMENTS_BUCKET: expect.stringContaining('RefDocuments'),
      INGEST_QUEUE_URL: expect.stringContaining(queue.id),
      MAX_RECEIVES: 4,
    });
  });

  it('is told nothing its configuration does not know', () => {
    expect(Object.keys(parseApiConfig(environmentOf(api)))).toEqual(
      expect.arrayContaining(Object.keys(environmentOf(api))),
    );
    expect(Object.keys(parseJobsConfig(environmentOf(jobs)))).toEqual(
      expect.arrayContaining(Object.keys(environmentOf(jobs))),
    );
    expect(Object.keys(parseIngestConfig(environmentOf(ingest)))).toEqual(
      expect.arrayContaining(Object.keys(environmentOf(ingest))),
    );
  });
});

describe('the API', () => {
  it('streams, and leaves it to itself to know its callers, by keys', () => {
    const url = only(service, 'AWS::Lambda::Url');
    expect(url.Properties).toMatchObject({ InvokeMode: 'RESPONSE_STREAM', AuthType: 'NONE' });
    expect(environmentOf(api)['AUTH']).toBe('keys');
    expect(url.Properties['TargetFunctionArn']).toEqual({ 'Fn::GetAtt': [api.id, 'Arn'] });
  });

  it('answers pages elsewhere itself, those of the settings', () => {
    expect(only(service, 'AWS::Lambda::Url').Properties).not.toHaveProperty('Cors');
    const allowedOrigins = 'https://a.example,http://localhost:5173';
    const open = only(synthesise({ allowedOrigins }).service, 'AWS::Lambda::Function', 'Api');
    expect(environmentOf(open)['ALLOWED_ORIGINS']).toBe(allowedOrigins);
  });

  it('is called through its URL and in no other way', () => {
    const permissions = Object.values(service.findResources('AWS::Lambda::Permission')) as {
      Properties: Record<string, unknown>;
    }[];
    const FunctionName = { 'Fn::GetAtt': [api.id, 'Arn'] };
    const anybody = { FunctionName, Principal: '*' };
    expect(permissions.map(({ Properties }) => Properties)).toEqual([
      { ...anybody, Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' },
      { ...anybody, Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true },
    ]);
  });

  it('has more time than a question', () => {
    const { ASK_BUDGET_MS } = parseApiConfig(environmentOf(api));
    expect(Number(api.Properties['Timeout']) * 1000).toBeGreaterThan(ASK_BUDGET_MS);
  });
});

describe('ingestion', () => {
  it('takes messages from the queue, a few at once, and reports each failure by itself', () => {
    const source = only(service, 'AWS::Lambda::EventSourceMapping', 'Ingest');
    expect(source.Properties).toMatchObject({
      FunctionName: { Ref: ingest.id },
      EventSourceArn: { 'Fn::ImportValue': expect.stringContaining(`${queue.id}Arn`) },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: expect.any(Number) },
    });
  });

  it('ends before its messages are seen again', () => {
    expect(Number(queue.Properties['VisibilityTimeout'])).toBeGreaterThan(
      Number(ingest.Properties['Timeout']),
    );
  });

  it('knows the same last try as the queue', () => {
    const { maxReceiveCount } = queue.Properties['RedrivePolicy'] as { maxReceiveCount: number };
    expect(parseIngestConfig(environmentOf(ingest)).MAX_RECEIVES).toBe(maxReceiveCount);
  });
});

describe('jobs', () => {
  it('come one at a time, a few beside each other, and report a failure', () => {
    const source = only(service, 'AWS::Lambda::EventSourceMapping', 'Jobs');
    expect(source.Properties).toMatchObject({
      FunctionName: { Ref: jobs.id },
      EventSourceArn: { 'Fn::ImportValue': expect.stringContaining(`${jobsQueue.id}Arn`) },
      BatchSize: 1,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      ScalingConfig: { MaximumConcurrency: expect.any(Number) },
    });
  });

  it('end before their messages are seen again, with time for more than one round of questions', () => {
    const timeout = Number(jobs.Properties['Timeout']);
    expect(Number(jobsQueue.Properties['VisibilityTimeout'])).toBeGreaterThan(timeout);
    expect(timeout * 1_000).toBeGreaterThan(4 * parseJobsConfig(environmentOf(jobs)).ASK_BUDGET_MS);
  });

  it('know the same last try as the queue', () => {
    const { maxReceiveCount } = jobsQueue.Properties['RedrivePolicy'] as { maxReceiveCount: number };
    expect(parseJobsConfig(environmentOf(jobs)).MAX_RECEIVES).toBe(maxReceiveCount);
  });

  it('wait longer than a job is kept', () => {
    const week = 7 * 24 * 60 * 60;
    expect(Number(jobsQueue.Properties['MessageRetentionPeriod'])).toBe(2 * week);
  });
});

describe.each([
  ['IngestDeadLetters', queue, 'DocumentsFailed'],
  ['JobsDeadLetters', jobsQueue, 'JobsFailed'],
])('%s', (prefix, { Properties: { RedrivePolicy } }, alarm) => {
  const deadLetters = only(data, 'AWS::SQS::Queue', prefix);
  const alarmOf = (template: typeof data) => only(template, 'AWS::CloudWatch::Alarm', alarm).Properties;

  it('raise an alarm, for which there is an article', () => {
    expect(RedrivePolicy).toMatchObject({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetters.id, 'Arn'] },
    });
    expect(alarmOf(data)).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [deadLetters.id, 'QueueName'] } }],
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
    const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
    expect(runbook).toMatch(new RegExp(`^## .*alarm \`${alarm}\``, 'm'));
  });

  it('tell a topic, where one is named', () => {
    const alarmTopicArn = 'arn:aws:sns:eu-west-1:123456789012:on-call';
    expect(alarmOf(synthesise({ alarmTopicArn }).data)['AlarmActions']).toEqual([alarmTopicArn]);
    expect(alarmOf(data)['AlarmActions']).toBeUndefined();
  });
});
