import { Resolver } from 'node:dns/promises';
import type { CallOptions } from '../rag/ports/call.ts';

/** The addresses of a name, IPv4 first. Throws what the resolver throws for a name that has none. */
export type Resolve = (name: string, options: CallOptions) => Promise<string[]>;

/**
 * Asks DNS itself: unlike the platform's own look-up it knows no search domains and no hosts file, by which a name of the
 * outside could mean something inside, and it holds up no thread.
 */
export const resolveByDns: Resolve = async (name, { signal }) => {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  const cancel = () => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    signal.throwIfAborted();
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    const [first] = answers;
    if (addresses.length === 0 && first.status === 'rejected') throw first.reason;
    return addresses;
  } finally {
    signal.removeEventListener('abort', cancel);
  }
};
