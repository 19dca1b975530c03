import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCallLog, type CallLog } from '../wire/call-log.ts';
import { exactDelay } from '../wire/exact-delay.ts';
import { sendJson, startWireServer, toJson } from '../wire/http-server.ts';

/** What DynamoDB answers. */
export interface Reply {
  status: number;
  body: unknown;
}

/**
 * What becomes of a call about the answers' table; `pass` has it done. Its name is the operation and, where it is about one
 * item, what that is: `PutItem exact`, `UpdateItem state`, `UpdateItem lease`, `PutItem answer` (what a caller was given).
 */
export type Behaviour = (name: string, pass: () => Promise<Reply>) => Promise<Reply>;

/** Calls are done as they come. */
export const well: Behaviour = (_, pass) => pass();

/** Every call is refused and not done. */
export function refusing(status: number, type: string): Behaviour {
  return async () => ({ status, body: { __type: `com.amazonaws.dynamodb.v20120810#${type}` } });
}

/** Every call is done, `ms` after it came. */
export function slow(ms: number): Behaviour {
  return async (_, pass) => {
    await exactDelay(ms);
    return pass();
  };
}

/** Calls of this name behave so, the others are well. */
export function only(name: string, behaviour: Behaviour): Behaviour {
  return (called, pass) => (called === name ? behaviour : well)(called, pass);
}

/** A wire to DynamoDB on which the answers' table does what a test says; every other table is well. */
export interface CacheWire {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  endpoint: string;
  /** The calls about the answers' table, by their names. */
  log: CallLog;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** Starts a wire to a DynamoDB on 127.0.0.1. */
export async function startCacheWire(endpoint: string, answersTable: string): Promise<CacheWire> {
  const log = createCallLog();
  let behaviour = well;
  const serve = async (request: IncomingMessage, body: unknown, response: ServerResponse) => {
    const name = nameOf(String(request.headers['x-amz-target']), body);
    const pass = () => send(endpoint, request, body);
    const isCache = tableOf(body) === answersTable;
    if (isCache) log.open(name, body, response);
    const reply = await (isCache ? behaviour(name, pass) : pass());
    const headers = { 'content-type': 'application/x-amz-json-1.0' };
    sendJson(response, toJson(reply.body), { status: reply.status, headers });
  };
  const server = await startWireServer(serve);
  return {
    endpoint: server.url,
    log,
    behave: (next) => {
      behaviour = next;
    },
    close: () => server.close(),
  };
}

function nameOf(target: string, body: unknown): string {
  const { Key, Item } = body as Record<'Key' | 'Item', { pk?: { S: string } } | undefined>;
  const [, kind] = (Key ?? Item)?.pk?.S.split('#') ?? [];
  return [target.split('.').at(-1), kind].filter(Boolean).join(' ');
}

function tableOf(body: unknown): string | undefined {
  const { TableName, RequestItems } = body as { TableName?: string; RequestItems?: object };
  return TableName ?? Object.keys(RequestItems ?? {})[0];
}

/** The same request to the DynamoDB behind. */
async function send(endpoint: string, { headers }: IncomingMessage, body: unknown): Promise<Reply> {
  const answer = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': String(headers['x-amz-target']),
      authorization: String(headers['authorization']),
      'x-amz-date': String(headers['x-amz-date']),
    },
    body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}
