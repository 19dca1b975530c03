import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { createCallLog, type CallLog } from './call-log.ts';
import { exactDelay } from './exact-delay.ts';
import { sendJson, startWireServer, toJson } from './http-server.ts';
import type { Item } from './knowledge.ts';
import { nearAnswers, type SearchBody } from './near-answers.ts';

/** The operations that a question makes. */
export type Operation =
  | 'GetItem'
  | 'BatchGetItem'
  | 'Query'
  | 'SearchVectors'
  | 'PutItem'
  | 'UpdateItem'
  | 'DeleteItem';

/** What a scripted table holds and how it behaves. */
export interface DynamoDbScript {
  /** From the request to its answer, in milliseconds; 0 where none is given. */
  delaysMs: Partial<Record<Operation, number>>;
  /** Chunks, nearest first. */
  search: (vector: readonly number[], limit: number) => { Item: Item; Score: number }[];
  /** A document's record by its id. */
  document: (id: string) => Item | undefined;
  /** A term's postings, heaviest first; none where left out. */
  postings?: (term: string) => Item[];
  /** How many passages hold a term, all of them for the empty one. */
  figure?: (term: string) => Item;
  /** A chunk by its document and the end of its sort key. */
  chunk?: (document: string, place: string) => Item | undefined;
  /** The newest documents. */
  recent: () => Item[];
  /** A failure to answer with instead: its status and the service's name for it, or `hang` for no answer at all. */
  refuse?: (operation: Operation, body: Body) => { status: number; type: string } | 'hang' | undefined;
}

export interface DynamoDbWire {
  /** For `AWS_ENDPOINT_URL_DYNAMODB`. */
  endpoint: string;
  /** Calls by the names of the operations. */
  log: CallLog;
  /** Items that were put, by their partition key: what `GetItem`, `BatchGetItem` and a search for answers find. */
  items: Map<string, Item>;
  close(): Promise<void>;
}

interface Body extends SearchBody {
  TableName: string;
  Key: Item;
  Item: Item;
  Limit: number;
  RequestItems: Record<string, { Keys: Item[] }>;
}

/**
 * A DynamoDB on 127.0.0.1 that answers what a question asks of it, after the delays of its script, in the service's
 * JSON protocol (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Operations.html).
 */
export async function startDynamoDbWire(script: DynamoDbScript): Promise<DynamoDbWire> {
  const log = createCallLog();
  const items = new Map<string, Item>();
  const server = await startWireServer(async (request, body, response) => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] as Operation;
    const call = log.open(operation, body, response);
    const refusal = script.refuse?.(operation, body as Body);
    if (refusal === 'hang') return;
    if (refusal) return sendJson(response, toJson({ __type: refusal.type }), { status: refusal.status });
    const answer = toJson(perform(operation, body as Body, script, items));
    await exactDelay(script.delaysMs[operation] ?? 0, call.openedMs);
    call.firstByteMs = performance.now();
    sendJson(response, answer, { headers: { 'content-type': 'application/x-amz-json-1.0' } });
  });
  return { endpoint: server.url, log, items, close: () => server.close() };
}

function perform(
  operation: Operation,
  body: Body,
  script: DynamoDbScript,
  items: Map<string, Item>,
): Record<string, unknown> {
  switch (operation) {
    case 'GetItem':
      return { Item: items.get(textOf(body.Key['pk'])) };
    case 'PutItem':
      items.set(textOf(body.Item['pk']), body.Item);
      return {};
    // Leases and counters: whoever takes one has it, and what is counted is forgotten.
    case 'UpdateItem':
    case 'DeleteItem':
      return {};
    case 'Query': {
      if (textOf(body.ExpressionAttributeValues?.[':pk']).startsWith('stops#')) return { Items: [] };
      const term = textOf(body.ExpressionAttributeValues?.[':pk']).split('#term#')[1];
      const items = term === undefined ? script.recent() : (script.postings?.(term) ?? []);
      return { Items: items.slice(0, body.Limit) };
    }
    case 'SearchVectors': {
      if (body.IndexName.startsWith('answers-')) return { SearchResults: nearAnswers(items.values(), body) };
      const vector = body.SearchVector.map(({ N }) => Number(N));
      return { SearchResults: script.search(vector, body.TopK) };
    }
    case 'BatchGetItem': {
      const found = Object.entries(body.RequestItems).map(([table, { Keys }]) => [
        table,
        Keys.map(
          (key) => items.get(textOf(key['pk'])) ?? find(script, textOf(key['pk']), textOf(key['sk'])),
        ).filter(Boolean),
      ]);
      return { Responses: Object.fromEntries(found), UnprocessedKeys: {} };
    }
    default:
      throw new Error(`No question makes the call ${String(operation)}.`);
  }
}

function find(script: DynamoDbScript, partition: string, place: string): Item | undefined {
  if (partition.endsWith('#figures')) return script.figure?.(place.slice(1));
  const document = partition.split('#chunk#')[1];
  return document === undefined ? script.document(place) : script.chunk?.(document, place);
}

function textOf(value: AttributeValue | undefined): string {
  return value?.S ?? '';
}

/** Whether a call reads from the cache of answers. */
export function readsCache(operation: Operation, body: Body): boolean {
  return (
    operation === 'BatchGetItem' && Object.keys(body.RequestItems).some((table) => table.includes('answers'))
  );
}

/** The cached answers among the items that were put. */
export function cachedAnswers(items: ReadonlyMap<string, Item>): Item[] {
  return Array.from(items.values()).filter((item) => textOf(item['pk']).includes('#exact#'));
}
