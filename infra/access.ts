import type { CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { answerIndexName, chunkIndexName, recentIndex } from '../lib/dynamodb/tables.ts';
import { embeddingsOf, type Settings } from './settings.ts';

/*
 * Each of these lets a role use one thing and returns the variables by which the function finds it, so that neither
 * comes without the other. The actions are the calls that the function makes, no more.
 */

/** Reads and changes documents, and finds chunks by their vectors. */
export function allowQuestions(role: Role, knowledge: CfnTable, settings: Settings) {
  allow(role, 'Knowledge', knowledge.attrArn, [
    'dynamodb:GetItem',
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
  ]);
  allow(role, 'RecentDocuments', `${knowledge.attrArn}/index/${recentIndex}`, ['dynamodb:Query']);
  // A statement of its own: the action knows indexes as its only resources, and no condition keys.
  allow(role, 'NearestChunks', indexesOf(knowledge, settings, chunkIndexName), ['dynamodb:SearchVectors']);
  return { KNOWLEDGE_TABLE: knowledge.ref, ...embedding(settings) };
}

/** Reads and writes documents and their chunks, and removes those of old versions. */
export function allowIngestion(role: Role, knowledge: CfnTable, settings: Settings) {
  allow(role, 'Knowledge', knowledge.attrArn, [
    'dynamodb:GetItem',
    'dynamodb:BatchGetItem',
    'dynamodb:Query',
    'dynamodb:UpdateItem',
    'dynamodb:BatchWriteItem',
    'dynamodb:DeleteItem',
  ]);
  return { KNOWLEDGE_TABLE: knowledge.ref, ...embedding(settings) };
}

/** Keeps answers, finds them by key and by their questions' vectors, and takes turns in making them. */
export function allowAnswers(role: Role, answers: CfnTable, settings: Settings) {
  allow(role, 'Answers', answers.attrArn, [
    'dynamodb:GetItem',
    'dynamodb:BatchGetItem',
    'dynamodb:PutItem',
    'dynamodb:UpdateItem',
    'dynamodb:DeleteItem',
  ]);
  allow(role, 'NearestAnswers', indexesOf(answers, settings, answerIndexName), ['dynamodb:SearchVectors']);
  return { ANSWERS_TABLE: answers.ref };
}

/** Knows who calls, and changes all of that table but the keys: those are made by hand, and by no function. */
export function allowControl(role: Role, control: CfnTable) {
  allow(role, 'Control', control.attrArn, ['dynamodb:GetItem']);
  const changed = ['bucket#*', 'budget#*', 'job#*', 'log#*', 'stops#*'];
  const isNoKey = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': changed } };
  allow(role, 'Counts', control.attrArn, ['dynamodb:UpdateItem'], isNoKey);
  return { CONTROL_TABLE: control.ref };
}

/** Logs streamed answers and sends stops to their makers, where that is wanted. */
export function allowAnswerLog(role: Role, control: CfnTable, { answerLog }: Settings) {
  const isLog = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['log#*', 'stops#*'] } };
  if (answerLog === 'on') {
    allow(role, 'AnswerLog', control.attrArn, ['dynamodb:PutItem', 'dynamodb:Query'], isLog);
  }
  return { ANSWER_LOG: answerLog };
}

/** Reads originals. */
export function allowReading(role: Role, documents: Bucket) {
  allow(role, 'Originals', documents.arnForObjects('*'), ['s3:GetObject']);
  allowMissing(role, documents);
  return { DOCUMENTS_BUCKET: documents.bucketName };
}

/** Reads, puts and removes originals; a presigned upload carries the same right to put. */
export function allowUploading(role: Role, documents: Bucket) {
  allow(role, 'Originals', documents.arnForObjects('*'), ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']);
  allowMissing(role, documents);
  return { DOCUMENTS_BUCKET: documents.bucketName };
}

/** Has documents read again, or further. The queue's encryption is SQS's own, so there is no key to be allowed too. */
export function allowRetrying(role: Role, ingestQueue: Queue) {
  allow(role, 'IngestEvents', ingestQueue.queueArn, ['sqs:SendMessage']);
  return { INGEST_QUEUE_URL: ingestQueue.queueUrl };
}

/** Keeps jobs, where nothing else of that table is kept, and has them worked at. */
export function allowJobs(role: Role, control: CfnTable, jobsQueue: Queue) {
  const actions = ['dynamodb:PutItem', 'dynamodb:BatchWriteItem', 'dynamodb:Query'];
  const isJob = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['job#*'] } };
  allow(role, 'Jobs', control.attrArn, actions, isJob);
  allow(role, 'JobMessages', jobsQueue.queueArn, ['sqs:SendMessage']);
  return { JOBS_QUEUE_URL: jobsQueue.queueUrl };
}

/** Calls the model with the key that lies in the secret. */
export function allowModel(role: Role, modelKey: Secret, settings: Settings) {
  allow(role, 'ModelKey', modelKey.secretArn, ['secretsmanager:GetSecretValue']);
  return { OPENAI_SECRET_ARN: modelKey.secretArn, OPENAI_BASE_URL: settings.modelBaseUrl };
}

/** Has providers answer, each with the key that lies in its secret; without a list, the model at the embedding one's API. */
export function allowAnswering(role: Role, { chatModel, providers }: Settings) {
  if (!providers) return { CHAT_MODEL: chatModel };
  const secrets = new Set(providers.flatMap(({ secretArn }) => secretArn ?? []));
  if (secrets.size > 0) {
    allow(role, 'ProviderKeys', Array.from(secrets), ['secretsmanager:GetSecretValue']);
  }
  return { PROVIDERS: JSON.stringify(providers) };
}

/** Has what search found reranked, where there is an endpoint, with the key that lies in its secret, where it wants one. */
export function allowReranking(role: Role, { rerankUrl, rerankModel, rerankSecretArn }: Settings) {
  if (rerankUrl === undefined) return {};
  if (rerankSecretArn !== undefined)
    allow(role, 'RerankKey', rerankSecretArn, ['secretsmanager:GetSecretValue']);
  return {
    RERANK_URL: rerankUrl,
    ...(rerankModel !== undefined && { RERANK_MODEL: rerankModel }),
    ...(rerankSecretArn !== undefined && { RERANK_SECRET_ARN: rerankSecretArn }),
  };
}

/** S3 answers 404 for an object that is not there only to those who may list the bucket, else 403. */
function allowMissing(role: Role, documents: Bucket): void {
  allow(role, 'MissingOriginals', documents.bucketArn, ['s3:ListBucket']);
}

function embedding(settings: Settings) {
  return {
    EMBEDDING_MODEL: settings.embeddingModel,
    EMBEDDING_DIMENSIONS: String(settings.embeddingDimensions),
  };
}

/** While models change, those of both: a deployment changes roles before functions. */
function indexesOf(table: CfnTable, settings: Settings, nameOf: typeof chunkIndexName): string[] {
  return embeddingsOf(settings).map((embedding) => `${table.attrArn}/index/${nameOf(embedding)}`);
}

function allow(
  role: Role,
  sid: string,
  resource: string | string[],
  actions: string[],
  conditions: Record<string, unknown> = {},
): void {
  role.addToPolicy(new PolicyStatement({ sid, actions, conditions, resources: [resource].flat() }));
}
