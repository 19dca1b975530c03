import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

/** How long the rest of a stream may take after the part that says it is over. */
const restMs = 100;

const httpAgent = new HttpAgent({ keepAlive: true });
const httpsAgent = new HttpsAgent({ keepAlive: true });

/**
 * A `fetch` for the openai client over `node:http`, which takes half of what the global one does and is loaded anyway.
 * It does not follow redirects: the key goes to the configured address and nowhere else. A stream that is not read on is
 * read to its end for a moment: the client stops at `[DONE]`, and where the body's own end is a packet later, cancelling
 * there would cost the connection after every answer.
 */
export const modelFetch: typeof fetch = async (input, init) => {
  const message = await send(input instanceof Request ? input.url : input, init ?? {});
  // Whoever reads hears of it by the iterator; without a listener, an abort between two reads would be thrown at nobody.
  message.on('error', () => {});
  const head = { status: message.statusCode ?? 500, headers: toHeaders(message) };
  if (!head.headers.get('content-type')?.startsWith('text/event-stream')) {
    return new Response(hasNoBody(head.status) ? null : await readText(message), head);
  }
  const response = new Response(null, head);
  Object.defineProperty(response, 'body', { value: drained(message) });
  return response;
};

/** The body goes no further than this: what listens to a call lives as long as its answer, and would hold the prompt as long. */
function send(url: string | URL, { body, ...init }: RequestInit): Promise<IncomingMessage> {
  const { request, answered } = open(new URL(url), init);
  request.end(body ?? undefined);
  return answered;
}

function open(target: URL, { method = 'GET', headers, signal }: Omit<RequestInit, 'body'>) {
  const isTls = target.protocol === 'https:';
  const options = {
    method,
    headers: Object.fromEntries(new Headers(headers)),
    agent: isTls ? httpsAgent : httpAgent,
  };
  const { promise: answered, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  let answer: IncomingMessage | undefined;
  const request = (isTls ? requestHttps : requestHttp)(target, options, (message) => {
    answer = message;
    resolve(message);
  });
  request.on('error', reject);
  // Not node's own `signal` option: its error also strikes a connection whose answer is read already.
  const stop = () => {
    if (answer) answer.destroy();
    else request.destroy(new DOMException('The call was aborted.', 'AbortError'));
  };
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  request.on('close', () => signal?.removeEventListener('abort', stop));
  return { request, answered };
}

function toHeaders(message: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) {
    for (const value of values ?? []) headers.append(name, value);
  }
  return headers;
}

/** https://fetch.spec.whatwg.org/#null-body-status */
function hasNoBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

async function readText(message: IncomingMessage): Promise<string> {
  message.setEncoding('utf8');
  let text = '';
  for await (const part of message) text += part;
  return text;
}

/** The body as the client reads it. Whoever holds the iterator holds the body: the client keeps its abort beside it. */
function drained(message: IncomingMessage): AsyncIterableIterator<Uint8Array> {
  const parts = message[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
  return {
    next: () => parts.next(),
    return: async () => {
      await drain(message, parts);
      return { value: undefined, done: true };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Reads and drops the rest; ends the connection once it takes too long. An aborted request ends here at once. */
async function drain(message: IncomingMessage, parts: AsyncIterator<Uint8Array>): Promise<void> {
  const timer = setTimeout(() => message.destroy(), restMs);
  try {
    while (!(await parts.next()).done);
  } catch {
    // A rest that breaks off is a rest that is over.
  } finally {
    clearTimeout(timer);
  }
}
