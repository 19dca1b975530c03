import { isIP } from 'node:net';
import { isPublicAddress } from './addresses.ts';

/**
 * What is wrong with the address of a webhook, undefined if nothing is: it is https, on its own port, names nobody, and its
 * host may be on the public internet. Where a name leads is another matter, which shows only when it is called.
 */
export function problemOfWebhookUrl(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'is no URL';
  if (url.protocol !== 'https:') return 'must begin with https://';
  // 443 is left out of what was parsed.
  if (url.port !== '') return 'must be on port 443';
  if (url.username !== '' || url.password !== '') return 'must not hold a user or a password';
  if (!mayBePublic(url.hostname)) return 'must lead to a host on the public internet';
  return undefined;
}

/** Names that no public DNS answers for: RFC 6761, 6762 and 8375, and ICANN's resolution 2024.07.29.06. */
const neverPublic = /(?:^|\.)(?:localhost|local|internal|home\.arpa|invalid)$/;

function mayBePublic(hostname: string): boolean {
  // Brackets of IPv6, and the dot that a whole name may end in.
  const host = hostname.replaceAll(/^\[|\]$|\.$/g, '');
  if (isIP(host) !== 0) return isPublicAddress(host);
  return host.includes('.') && !neverPublic.test(host);
}
