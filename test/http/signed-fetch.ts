import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SignatureV4 } from '@smithy/signature-v4';

type SourceData = string | ArrayBuffer | ArrayBufferView;

/** SHA-256, or HMAC with a secret, in the form that the signer asks for. */
class Sha256 {
  readonly #hash: Hash | Hmac;
  constructor(secret?: SourceData) {
    this.#hash = secret ? createHmac('sha256', toBytes(secret)) : createHash('sha256');
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('The signer makes a new one for every use.');
  }
}

function toBytes(data: SourceData): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data);
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

/**
 * A `fetch` that signs for a function URL behind AWS_IAM
 * (https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html), with the region and credentials that the SDK finds.
 */
export function createSignedFetch(): (url: string, init?: RequestInit) => Promise<Response> {
  const { config } = new DynamoDBClient({});
  return async (address, init) => {
    const request = new Request(address, init);
    const url = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    const signer = new SignatureV4({
      service: 'lambda',
      region: await config.region(),
      credentials: config.credentials,
      sha256: Sha256,
    });
    const signed = await signer.sign({
      method: request.method,
      protocol: url.protocol,
      hostname: url.hostname,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { ...Object.fromEntries(request.headers), host: url.host },
      body,
    });
    const hasBody = body.length > 0;
    return fetch(url, { method: request.method, headers: signed.headers, ...(hasBody && { body }) });
  };
}
