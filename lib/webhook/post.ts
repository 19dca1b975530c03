import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { CallOptions } from '../rag/ports/call.ts';

/** Opens a TLS connection; tests put their own receiver behind it. */
export type Connect = (options: ConnectionOptions & { host: string; lookup: LookupFunction }) => Duplex;

/**
 * Posts JSON to a URL at these addresses and no others, and returns the status. The body of the answer is not read, and no
 * redirect is followed. Throws what the connection throws, and the signal's reason.
 */
export function post(
  url: URL,
  message: { headers: Record<string, string>; body: string; addresses: readonly string[] },
  { signal, connect = connectTls }: CallOptions & { connect?: Connect },
): Promise<number> {
  const { headers, body, addresses } = message;
  const host = url.hostname.replaceAll(/[[\]]/g, '');
  return new Promise((resolve, reject) => {
    const sending = request(
      url,
      {
        method: 'POST',
        // An agent would say so, or else the port would stand in the Host header.
        defaultPort: 443,
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'user-agent': 'raglan-webhooks',
          ...headers,
        },
        signal,
        // A connection of its own for every attempt: one that is kept could be another host's.
        createConnection: () =>
          connect({
            host,
            port: 443,
            lookup: lookUpIn(addresses),
            ALPNProtocols: ['http/1.1'],
            ...(isIP(host) === 0 && { servername: host }),
          }),
      },
      (response) => {
        resolve(response.statusCode ?? 0);
        // The status is all that is wanted.
        response.destroy();
      },
    );
    sending.on('error', reject);
    sending.end(body);
  });
}

/** Finds the same addresses for whatever name. */
function lookUpIn(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_, options, done) => {
    const [first] = all;
    if (!first) done(Object.assign(new Error('There is no address.'), { code: 'ENOTFOUND' }), '');
    else if (options.all) done(null, all);
    else done(null, first.address, first.family);
  };
}
