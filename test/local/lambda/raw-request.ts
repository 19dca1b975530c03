import { request, type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';

/** Sends one request over a connection of its own and resolves with the response once its headers are there. */
export function rawRequest(
  url: string,
  options: RequestOptions & { body?: string | Buffer } = {},
): Promise<{ request: ClientRequest; response: IncomingMessage }> {
  const { body, ...rest } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { agent: false, ...rest });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => resolve({ request: outgoing, response }));
    outgoing.end(body);
  });
}

/** The rest of a response as text. Rejects if the connection is cut. */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
