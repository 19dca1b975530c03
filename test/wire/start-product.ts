import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What the product's process took. With `--expose-gc` among its options, memory is what is left after a collection. */
export interface ProductUsage {
  /** Milliseconds of CPU since its start, user and system. */
  cpuMs: number;
  /** Resident memory in bytes: now, and at its highest so far. */
  rssBytes: number;
  peakRssBytes: number;
  /** What of it is JavaScript's heap, and buffers outside of it. */
  heapBytes: number;
  externalBytes: number;
  /** By how much its event loop was late since this was last asked, in milliseconds; 0 at first. */
  loopP99Ms: number;
  loopWorstMs: number;
}

/** What the product's process says. */
export type ProductReport =
  | { type: 'ready'; url: string }
  | ({ type: 'usage' } & ProductUsage)
  | { type: 'invocation-failed'; message: string };

export interface Product {
  /** `http://127.0.0.1:port` of its function URL. */
  url: string;
  /** CPU milliseconds that its process took so far, user and system. */
  cpuMs(): Promise<number>;
  usage(): Promise<ProductUsage>;
  /** Invocations that failed as Lambda counts them: the handler threw or never ended its stream. */
  readonly failures: readonly string[];
  /** Whether the process still runs. */
  isAlive(): boolean;
  /** Ends it at once, in the middle of whatever it does. */
  kill(): Promise<void>;
  close(): Promise<void>;
}

/** How long the product may take to end, in milliseconds. */
const closeLimitMs = 5_000;

/** Starts the product in a process of its own. `nodeOptions` go to its Node, for a profile for example. */
export async function startProduct(
  environment: Record<string, string>,
  nodeOptions: readonly string[] = [],
): Promise<Product> {
  const child = fork(new URL('product-process.ts', import.meta.url), {
    env: { ...process.env, ...environment },
    execArgv: [...nodeOptions],
    // Its log is written as it is on Lambda, and read only if the process dies.
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-4_000);
  });
  const exited = once(child, 'exit');
  const failures: string[] = [];
  child.on('message', (report: ProductReport) => {
    if (report.type === 'invocation-failed') failures.push(report.message);
  });
  const next = async (): Promise<ProductReport> => {
    const gone = exited.then(() => Promise.reject(new Error(`The product ended on its own:\n${lastWords}`)));
    const [report] = (await Promise.race([once(child, 'message'), gone])) as [ProductReport];
    return report;
  };
  const ready = await next();
  if (ready.type !== 'ready') throw new Error('The product did not start.');
  const usage = async (): Promise<ProductUsage> => {
    child.send('usage');
    const told = await next();
    if (told.type !== 'usage') throw new Error('An invocation failed while the product was measured.');
    return told;
  };
  return {
    url: ready.url,
    cpuMs: async () => (await usage()).cpuMs,
    usage,
    failures,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    close: async () => {
      if (child.connected) child.disconnect();
      // A product that hangs is what some tests are about: it may not hold up the others.
      const timer = setTimeout(() => child.kill('SIGKILL'), closeLimitMs);
      await exited;
      clearTimeout(timer);
    },
  };
}
