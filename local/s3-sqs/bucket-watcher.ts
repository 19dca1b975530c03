import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { delay } from '../../lib/async/delay.ts';
import { toObjectEvent, type ObjectChange } from './object-event.ts';

export interface BucketWatcherOptions {
  s3: S3Client;
  sqs: SQSClient;
  bucket: string;
  queueUrl: string;
  /** From the end of one listing to the start of the next, in milliseconds. */
  intervalMs: number;
  /** Hears of listings and messages that failed; the next round tries again. */
  onFailure(error: unknown): void;
}

/** ETag and bytes by key. */
type Listing = ReadonlyMap<string, { eTag: string; size: number }>;

/**
 * Sends object events for a bucket on an S3 that is not ours and may send none. It compares listings, so two changes
 * between two of them are one event; an event means "look at this key", so that loses nothing. The first listing tells
 * of every object. `stop` resolves when the last call has ended.
 */
export function startBucketWatcher(options: BucketWatcherOptions): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const watch = async () => {
    let known: Listing = new Map();
    while (!signal.aborted) {
      try {
        const listing = await list(options, signal);
        await send(options, differences(options.bucket, known, listing), signal);
        known = listing;
      } catch (error) {
        if (!signal.aborted) options.onFailure(error);
      }
      await delay(options.intervalMs, { signal }).catch(() => undefined);
    }
  };
  const watching = watch();
  return {
    async stop() {
      stopping.abort();
      await watching;
    },
  };
}

async function list({ s3, bucket }: BucketWatcherOptions, signal: AbortSignal): Promise<Listing> {
  const listing = new Map<string, { eTag: string; size: number }>();
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({ Bucket: bucket, ContinuationToken: token });
    const page = await s3.send(command, { abortSignal: signal });
    for (const { Key = '', ETag = '', Size = 0 } of page.Contents ?? []) {
      listing.set(Key, { eTag: ETag, size: Size });
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return listing;
}

function differences(bucket: string, before: Listing, after: Listing): ObjectChange[] {
  const changes: ObjectChange[] = [];
  for (const [key, { eTag, size }] of after) {
    if (before.get(key)?.eTag === eTag) continue;
    changes.push({ name: 'ObjectCreated:Put', bucket, key, size, eTag });
  }
  for (const key of before.keys()) {
    if (!after.has(key)) changes.push({ name: 'ObjectRemoved:Delete', bucket, key });
  }
  return changes;
}

async function send({ sqs, queueUrl }: BucketWatcherOptions, changes: ObjectChange[], signal: AbortSignal) {
  for (let start = 0; start < changes.length; start += 10) {
    const Entries = changes.slice(start, start + 10).map((change, n) => ({
      Id: String(n),
      MessageBody: JSON.stringify(toObjectEvent(change)),
    }));
    const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries });
    const { Failed = [] } = await sqs.send(command, { abortSignal: signal });
    if (Failed.length > 0) throw new Error(`The queue refused ${Failed.length} object events.`);
  }
}
