/**
 * The product as Lambda runs it, in a process of its own: `functions/api.ts` behind the laptop's function-URL server.
 * An unhandled rejection ends it, as it would end an environment. It says where it is, answers `usage` with the CPU time
 * and the memory it took, and ends with its parent.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { installAwsLambda } from '../../local/lambda/awslambda.ts';
import { startFunctionUrl } from '../../local/lambda/function-url.ts';
import type { StreamingHandler } from '../../local/lambda/invoke-streaming.ts';
import type { ProductReport, ProductUsage } from './start-product.ts';

function report(message: ProductReport): void {
  process.send?.(message);
}

let loop: ReturnType<typeof monitorEventLoopDelay> | undefined;

/** Collects garbage first, where it may; the loop is watched from the first time on, and not while that collection runs. */
function measure(): ProductUsage {
  const { user, system } = process.cpuUsage();
  const [loopP99Ms, loopWorstMs] = loop ? [loop.percentile(99) / 1e6, loop.max / 1e6] : [0, 0];
  loop?.disable();
  // Buffers that the first one finds to be garbage are freed beside the program; the second waits for that.
  globalThis.gc?.();
  globalThis.gc?.();
  const { rss: rssBytes, heapUsed: heapBytes, external: externalBytes } = process.memoryUsage();
  const peakRssBytes = process.resourceUsage().maxRSS * 1_024;
  loop ??= monitorEventLoopDelay({ resolution: 5 });
  loop.enable();
  loop.reset();
  const cpuMs = (user + system) / 1_000;
  return { cpuMs, rssBytes, peakRssBytes, heapBytes, externalBytes, loopP99Ms, loopWorstMs };
}

installAwsLambda();
const { handler } = await import('../../functions/api.ts');
const server = await startFunctionUrl(0, {
  handler: handler as unknown as StreamingHandler,
  functionName: 'api',
  onFailure: (error) => report({ type: 'invocation-failed', message: error.message }),
});
process.on('message', () => report({ type: 'usage', ...measure() }));
// Not `process.exit()`: a profile is written when the loop runs dry.
process.once('disconnect', () => {
  server.close().catch(() => process.exit(1));
});
report({ type: 'ready', url: server.url });
