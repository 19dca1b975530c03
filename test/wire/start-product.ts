import { fork } from 'node:child_process';
import { once } from 'node:events';

/** What the product's process says. CPU times are in microseconds. */
export type ProductReport =
  | { type: 'ready'; url: string }
  | { type: 'usage'; user: number; system: number }
  | { type: 'invocation-failed'; message: string };

export interface Product {
  /** `http://127.0.0.1:port` of its function URL. */
  url: string;
  /** CPU milliseconds that its process took so far, user and system. */
  cpuMs(): Promise<number>;
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
  return {
    url: ready.url,
    cpuMs: async () => {
      child.send('usage');
      const usage = await next();
      if (usage.type !== 'usage') throw new Error('An invocation failed while the product was measured.');
      return (usage.user + usage.system) / 1_000;
    },
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
