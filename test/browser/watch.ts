import type { BrowserContext } from 'playwright-core';

/**
 * Watches every page of a context for what no page of ours does, one line each: errors, violations of the policy, dialogs,
 * requests to other origins than these. The list grows as they happen.
 */
export async function watchPages(context: BrowserContext, origins: readonly string[]): Promise<string[]> {
  const complaints: string[] = [];
  const complain = (line: string) => void complaints.push(line);
  context.on('request', (request) => {
    const url = new URL(request.url());
    const isWeb = ['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol);
    if (isWeb && !origins.includes(url.origin)) complain(`request to ${url.origin}${url.pathname}`);
  });
  context.on('console', (message) => {
    if (message.type() === 'error') complain(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => complain(`uncaught: ${String(error.error())}`));
  // Only hostile text would open one: a page of ours has dialogs of its own.
  context.on('dialog', async (dialog) => {
    complain(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  // The console has most violations too, but not those against trusted types.
  await context.exposeBinding('reportViolation', (_, line: string) => complain(`policy: ${line}`));
  await context.addInitScript(`
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
      reportViolation(effectiveDirective + ' ' + blockedURI + ' ' + sample));
  `);
  return complaints;
}
