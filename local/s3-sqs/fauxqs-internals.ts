import type { buildApp } from 'fauxqs';

/**
 * fauxqs takes stores of its own making but exports neither them nor what keeps them on disk, and its own starter, which
 * does both, binds every interface. So these four classes are imported by the address of their files, here and nowhere
 * else; the version is pinned exactly in package.json, and a test fails if the files move.
 */
export type Stores = NonNullable<NonNullable<Parameters<typeof buildApp>[0]>['stores']>;

/** Keeps stores in one SQLite file in the directory it is made with. */
interface Persistence {
  load(sqs: Stores['sqsStore'], sns: Stores['snsStore'], s3: Stores['s3Store']): void;
  close(): void;
}

interface Internals {
  SqsStore: { new (): Stores['sqsStore']; createMessage(body: string): Message };
  SnsStore: new () => Stores['snsStore'];
  S3Store: new () => Stores['s3Store'];
  PersistenceManager: new (directory: string) => Persistence;
}

type Message = Parameters<ReturnType<Stores['sqsStore']['createQueue']>['enqueue']>[0];

async function loadInternals(): Promise<Internals> {
  const root = import.meta.resolve('fauxqs');
  const files = ['./sqs/sqsStore.js', './sns/snsStore.js', './s3/s3Store.js', './persistence.js'];
  const modules = await Promise.all(files.map((file) => import(new URL(file, root).href) as Promise<object>));
  return Object.assign({}, ...modules) as Internals;
}

export interface OpenStores {
  stores: Stores;
  /** Puts a message into a queue; does nothing where there is no such queue. */
  enqueue(queueName: string, body: string): void;
  /** Gives queues that were kept from a run on another port the address they have now. */
  moveQueues(endpoint: string): void;
  /** Closes the file, where there is one. */
  close(): void;
}

/** Opens the stores, kept in `directory` or in memory without one. */
export async function openStores(directory?: string): Promise<OpenStores> {
  const { SqsStore, SnsStore, S3Store, PersistenceManager } = await loadInternals();
  const stores: Stores = { sqsStore: new SqsStore(), snsStore: new SnsStore(), s3Store: new S3Store() };
  const persistence = directory === undefined ? undefined : new PersistenceManager(directory);
  if (persistence) keep(stores, persistence);
  // Queue URLs are made of the address a client came by; the default, a name under localhost, resolves on few machines.
  stores.sqsStore.host = '';
  return {
    stores,
    enqueue: (name, body) => stores.sqsStore.getQueueByName(name)?.enqueue(SqsStore.createMessage(body)),
    moveQueues: (endpoint) => {
      for (const queue of stores.sqsStore.allQueues()) {
        Object.assign(queue, { url: `${endpoint}${new URL(queue.url).pathname}` });
      }
    },
    close: () => persistence?.close(),
  };
}

/** Loads first and attaches then: stores that write while they load would delete what they have not read yet. */
function keep({ sqsStore, snsStore, s3Store }: Stores, persistence: Persistence): void {
  persistence.load(sqsStore, snsStore, s3Store);
  const writer = persistence as never;
  for (const queue of sqsStore.allQueues()) queue.persistence = writer;
  Object.assign(sqsStore, { persistence });
  Object.assign(snsStore, { persistence });
  Object.assign(s3Store, { persistence });
}
