import type { BrowserContext } from 'playwright-core';

/** What a page did that no page of ours does. */
export interface Watch {
  /** One line each: errors, violations of the policy, dialogs, requests that left the origins. */
  readonly complaints: string[];
}

/** Watches every page of a context. `origins` are those it may call; lines that `expected` matches are no complaints. */
export async function watchPages(
  context: BrowserContext,
  { origins, expected }: { origins: readonly string[]; expected: readonly RegExp[] },
): Promise<Watch> {
  const complaints: string[] = [];
  const complain = (line: string) => {
    if (!expected.some((pattern) => pattern.test(line))) complaints.push(line);
  };
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
  // The console has most violations too, but not those that are only reported.
  await context.exposeBinding('reportViolation', (_, line: string) => complain(`policy: ${line}`));
  await context.addInitScript(`
    addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) =>
      reportViolation(effectiveDirective + ' ' + blockedURI + ' ' + sample));
  `);
  return { complaints };
}
