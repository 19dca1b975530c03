import { buildApp } from 'fauxqs';
import { makeFolder } from '../make-folder.ts';
import { openStores } from './fauxqs-internals.ts';
import { guardAgainstBrowsers } from './guard.ts';
import { notifyOfObjects } from './notifier.ts';

/** Largest object, in bytes: the product takes 100 MB, a form around it adds some. fauxqs itself stops at 11 MB. */
const maxObjectBytes = 128 * 1024 * 1024;

export interface S3SqsOptions {
  /** Where objects, queues and messages are kept; in memory without it. */
  directory?: string;
  /** Any free one without it. */
  port?: number;
  /** Name of the queue that object events go to. */
  eventQueue: string;
}

export interface S3Sqs {
  /** `http://127.0.0.1:port`, of S3 and of SQS. */
  endpoint: string;
  close(): Promise<void>;
}

/** Starts S3 and SQS on 127.0.0.1. Throws the server's own error if the port is taken. */
export async function startS3Sqs({ directory, port = 0, eventQueue }: S3SqsOptions): Promise<S3Sqs> {
  if (directory !== undefined) await makeFolder(directory);
  const open = await openStores(directory);
  const app = buildApp({ logger: false, host: '', stores: open.stores });
  app.removeContentTypeParser('*');
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: maxObjectBytes }, (_request, body, done) => {
    done(null, body);
  });
  guardAgainstBrowsers(app);
  notifyOfObjects(app, open.stores.s3Store, (body) => open.enqueue(eventQueue, body));
  const close = async () => {
    await app.close();
    open.close();
  };
  try {
    const endpoint = await app.listen({ host: '127.0.0.1', port });
    open.moveQueues(endpoint);
    return { endpoint, close };
  } catch (error) {
    await close();
    throw error;
  }
}
