import { Agent, request } from 'node:http';
import type { Wire } from '../test/wire/start-wire.ts';

/**
 * The three calls of the critical path by nothing but node:http, one after another, and with empty requests: what this
 * machine's sockets and timers cost on their own. Returns a function that makes them once and tells the milliseconds to
 * the first token.
 */
export function createBareCalls(wire: Wire): () => Promise<number> {
  const agent = new Agent({ keepAlive: true });
  const search = { 'x-amz-target': 'DynamoDB_20120810.SearchVectors' };
  return async () => {
    const startMs = performance.now();
    await post(agent, `${wire.openAiBaseUrl}/embeddings`, '{"input":[]}');
    await post(agent, wire.dynamoDbEndpoint, '{"IndexName":"chunks","SearchVector":[],"TopK":16}', search);
    await post(agent, `${wire.openAiBaseUrl}/chat/completions`, '{"messages":[]}');
    return performance.now() - startMs;
  };
}

/** Resolves with the first bytes of the answer's body; the rest is read and dropped. */
function post(agent: Agent, url: string, body: string, headers: Record<string, string> = {}): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': body.length, ...headers },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      response.once('data', () => resolve());
      response.once('error', reject);
    });
    outgoing.end(body);
  });
}
