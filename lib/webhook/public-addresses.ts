import { isIP } from 'node:net';
import type { CallOptions } from '../rag/ports/call.ts';
import { isPublicAddress } from './addresses.ts';
import type { Resolve } from './resolve.ts';

/** Thrown where a webhook would lead to an address that is not of the public internet. */
export class ForbiddenAddress extends Error {
  override readonly name = 'ForbiddenAddress';

  constructor() {
    super('The host of the URL is not on the public internet.');
  }
}

/**
 * The addresses to call a URL's host at, by one look-up: they are to be used as they are, since the next look-up may bring
 * others. Throws `ForbiddenAddress` if any of them is not public, and what the resolver throws.
 */
export async function publicAddressesOf(url: URL, resolve: Resolve, options: CallOptions): Promise<string[]> {
  const host = url.hostname.replaceAll(/[[\]]/g, '');
  const addresses = isIP(host) === 0 ? await resolve(host, options) : [host];
  if (!addresses.every(isPublicAddress)) throw new ForbiddenAddress();
  return addresses;
}
