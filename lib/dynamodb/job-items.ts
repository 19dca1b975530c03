import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Job, JobKey, JobResult } from '../rag/ports/jobs.ts';
import type { Question } from '../rag/types.ts';
import { hasExpired, nowSeconds } from './answer-items.ts';

type Item = Record<string, AttributeValue>;

/** How long a job and all that belongs to it is kept. */
const keptSeconds = 7 * 24 * 60 * 60;

/** Sort key of a job's own item. */
export const jobSortKey = 'job';

/** What the sort keys of a job's questions and of its results begin with; an index of three digits follows. */
export const questionPrefix = 'question#';
export const resultPrefix = 'result#';

/** Key of one of a job's items. A tenant has no `#`, so none can be another's. */
export function jobKey({ tenant, id }: JobKey, sortKey: string): Item {
  return { pk: { S: `job#${tenant}#${id}` }, sk: { S: sortKey } };
}

/** The item of a job. */
export function toJobItem(job: Job): Item {
  return { ...jobKey(job, jobSortKey), ...toAttributes({ ...job, ...expiry() }) };
}

/** The job that an item holds; undefined if it has expired. */
export function fromJobItem(item: Item): Job | undefined {
  const { pk: _, sk: __, holder: ___, untilMs: ____, expiresAt, ...job } = unmarshall(item);
  return hasExpired(expiresAt) ? undefined : (job as Job);
}

/** The item of a job's question. As text, since what is in it is of no interest here. */
export function toQuestionItem(key: JobKey, question: Question, index: number): Item {
  return toItem(key, `${questionPrefix}${place(index)}`, question);
}

/** The item of a result. */
export function toResultItem(key: JobKey, result: JobResult): Item {
  return toItem(key, `${resultPrefix}${place(result.index)}`, result);
}

/** What a question's or a result's item holds. */
export function fromItem<T>(item: Item): T {
  return JSON.parse(item['body']?.S ?? '') as T;
}

/** Values as attributes, without those that are undefined. */
export function toAttributes(values: Readonly<Record<string, unknown>>): Item {
  return marshall(values, { removeUndefinedValues: true });
}

function toItem(key: JobKey, sortKey: string, body: unknown): Item {
  return { ...jobKey(key, sortKey), ...toAttributes({ body: JSON.stringify(body), ...expiry() }) };
}

function place(index: number): string {
  return String(index).padStart(3, '0');
}

function expiry() {
  return { expiresAt: nowSeconds() + keptSeconds };
}
