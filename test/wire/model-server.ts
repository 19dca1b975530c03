import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { createCallLog, type Call, type CallLog } from './call-log.ts';
import { exactDelay } from './exact-delay.ts';
import { sendJson, startWireServer, toJson } from './http-server.ts';
import type {
  ChatBody,
  ChatPlan,
  EmbeddingsBody,
  EmbeddingsPlan,
  Failure,
  ModelScript,
} from './model-script.ts';

export interface ModelWire {
  /** `http://127.0.0.1:port/v1`, for `OPENAI_BASE_URL`. */
  baseUrl: string;
  /** Calls by the names `embeddings` and `chat`. */
  log: CallLog;
  close(): Promise<void>;
}

/**
 * A model behind OpenAI's wire format on 127.0.0.1 that does what its script says, well or badly:
 * https://platform.openai.com/docs/api-reference/embeddings, https://platform.openai.com/docs/api-reference/chat-streaming
 */
export async function startModelWire(script: ModelScript): Promise<ModelWire> {
  const log = createCallLog();
  const server = await startWireServer(async (request, body, response) => {
    if (request.url === '/v1/embeddings') {
      const call = log.open('embeddings', body, response);
      await embed(script.embeddings(body as EmbeddingsBody), call, response);
    } else if (request.url === '/v1/chat/completions') {
      const call = log.open('chat', body, response);
      await chat(script.chat(body as ChatBody), call, response);
    } else {
      sendJson(response, toJson({ error: { message: 'There is no such route.' } }), { status: 404 });
    }
  });
  return { baseUrl: `${server.url}/v1`, log, close: () => server.close() };
}

async function embed(plan: EmbeddingsPlan, call: Call, response: ServerResponse): Promise<void> {
  if (plan.kind !== 'embed') return fail(plan, call, response);
  const data = plan.vectors.map((vector, index) => ({
    object: 'embedding',
    index,
    embedding: Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64'),
  }));
  const usage = { prompt_tokens: 8, total_tokens: 8 };
  const bytes = toJson({ object: 'list', data, model: 'wire', usage });
  await exactDelay(plan.delayMs, call.openedMs);
  call.firstByteMs = performance.now();
  sendJson(response, bytes);
}

function fail(plan: Failure, call: Call, response: ServerResponse): void {
  if (plan.kind === 'hang') return;
  if (plan.kind === 'hang-up') {
    call.outcome = 'cut';
    response.destroy();
    return;
  }
  const { status, headers, message = 'Scripted to refuse.', code = null } = plan;
  const error = { message, type: 'scripted', param: null, code };
  sendJson(response, toJson({ error }), { status, ...(headers && { headers }) });
}

async function chat(plan: Failure | ChatPlan, call: Call, response: ServerResponse): Promise<void> {
  if (plan.kind !== 'chat') return fail(plan, call, response);
  const { headersMs, firstTextMs, until, turn, textMs, texts, end } = plan;
  await exactDelay(headersMs, call.openedMs);
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  if (firstTextMs > 0 || until || turn) response.flushHeaders();
  await exactDelay(headersMs + firstTextMs, call.openedMs);
  await until;
  call.firstByteMs = performance.now();
  let batch = frame(delta({ role: 'assistant', content: '' }));
  for (const [index, text] of texts.entries()) {
    if (turn) await turn(index);
    if (response.destroyed) return;
    batch += frame(delta({ content: text }));
    const isLast = index === texts.length - 1;
    if (index > 0 && textMs === 0 && !turn && !isLast) continue;
    if (!response.write(batch)) await Promise.race([once(response, 'drain'), once(response, 'close')]);
    batch = '';
    if (!isLast && textMs > 0)
      await exactDelay(headersMs + firstTextMs + (index + 1) * textMs, call.openedMs);
  }
  if (batch !== '') response.write(batch);
  finish(end, texts.length, call, response);
}

function finish(end: ChatPlan['end'], tokens: number, call: Call, response: ServerResponse): void {
  switch (end) {
    case 'hang':
      return;
    case 'cut':
      call.outcome = 'cut';
      // What was written still leaves; the last chunk never comes.
      response.socket?.destroySoon();
      return;
    case 'ends':
      response.end();
      return;
    case 'error':
      response.end(frame({ error: { message: 'Scripted to fail.', type: 'server_error', code: null } }));
      return;
    default: {
      const usage = { prompt_tokens: 1_000, completion_tokens: tokens, total_tokens: 1_000 + tokens };
      response.end(`${frame(delta({}, end))}${frame({ ...chunk, choices: [], usage })}data: [DONE]\n\n`);
    }
  }
}

const chunk = { id: 'chatcmpl-wire', object: 'chat.completion.chunk', created: 0, model: 'wire' };

function delta(delta: object, reason: string | null = null): object {
  return { ...chunk, choices: [{ index: 0, delta, finish_reason: reason, logprobs: null }], usage: null };
}

function frame(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}
