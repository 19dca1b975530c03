import { Webhook } from 'standardwebhooks';
import { within } from '../async/within.ts';
import type { WebhookOutcome, WebhookSender } from '../rag/ports/jobs.ts';
import { ForbiddenAddress, publicAddressesOf } from './public-addresses.ts';
import { post, type Connect } from './post.ts';
import { resolveByDns, type Resolve } from './resolve.ts';
import { problemOfWebhookUrl } from './url.ts';

/** How long an attempt may take in all, from the name's look-up to the status. */
const attemptMs = 10_000;

/** Its receiver wants nothing of the kind any more, as the specification has it. */
const gone = 410;

/**
 * Sends webhooks as the Standard Webhooks specification says (https://www.standardwebhooks.com). What the name of the
 * receiver resolves to is checked, and then that very address is called.
 */
export function createWebhookSender({
  resolve = resolveByDns,
  connect,
}: { resolve?: Resolve; connect?: Connect } = {}): WebhookSender {
  return {
    send: async ({ url: text, id, body, secret }, { signal }) => {
      const problem = problemOfWebhookUrl(text);
      if (problem !== undefined) return { isDelivered: false, reason: `The URL ${problem}.`, isFinal: true };
      const url = new URL(text);
      const headers = sign({ id, body, secret });
      try {
        const status = await within(attemptMs, signal, async (signal) => {
          const addresses = await publicAddressesOf(url, resolve, { signal });
          return post(url, { headers, body, addresses }, { signal, ...(connect && { connect }) });
        });
        return toOutcome(status);
      } catch (error) {
        signal.throwIfAborted();
        return { isDelivered: false, reason: reasonFor(error), isFinal: error instanceof ForbiddenAddress };
      }
    },
  };
}

function sign({ id, body, secret }: { id: string; body: string; secret: string }): Record<string, string> {
  const now = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, now, body),
  };
}

function toOutcome(status: number): WebhookOutcome {
  if (status >= 200 && status < 300) return { isDelivered: true, status };
  const isRedirect = status >= 300 && status < 400;
  const reason = `The receiver answered ${status}${isRedirect ? '; redirects are not followed' : ''}.`;
  return { isDelivered: false, status, reason, isFinal: status === gone };
}

/** For the job's owner. Messages of Node's name addresses, which are nobody's business; codes do not. */
function reasonFor(error: unknown): string {
  if (error instanceof ForbiddenAddress) return error.message;
  if (error instanceof Error && error.name === 'TimeoutError') return 'The receiver did not answer in time.';
  const code: unknown = error instanceof Error && 'code' in error ? error.code : undefined;
  return `The receiver could not be reached${typeof code === 'string' ? ` (${code})` : ''}.`;
}
