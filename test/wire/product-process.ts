/**
 * The product as Lambda runs it, in a process of its own: `functions/api.ts` behind the laptop's function-URL server.
 * An unhandled rejection ends it, as it would end an environment. It says where it is, answers `usage` with the CPU time
 * it took so far, and ends with its parent.
 */
import { installAwsLambda } from '../../local/lambda/awslambda.ts';
import { startFunctionUrl } from '../../local/lambda/function-url.ts';
import type { StreamingHandler } from '../../local/lambda/invoke-streaming.ts';
import type { ProductReport } from './start-product.ts';

function report(message: ProductReport): void {
  process.send?.(message);
}

installAwsLambda();
const { handler } = await import('../../functions/api.ts');
const server = await startFunctionUrl(0, {
  handler: handler as unknown as StreamingHandler,
  functionName: 'api',
  onFailure: (error) => report({ type: 'invocation-failed', message: error.message }),
});
process.on('message', () => report({ type: 'usage', ...process.cpuUsage() }));
// Not `process.exit()`: a profile is written when the loop runs dry.
process.once('disconnect', () => {
  server.close().catch(() => process.exit(1));
});
report({ type: 'ready', url: server.url });
