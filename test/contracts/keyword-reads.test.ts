import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createKeywordIndex } from '../../lib/dynamodb/postings.ts';
import { knowledgeTable } from '../../lib/dynamodb/tables.ts';
import type { KeywordIndex } from '../../lib/rag/ports/knowledge.ts';
import type { Scope } from '../../lib/rag/types.ts';
import { embedding, useDynamoDb } from './emulators.ts';
import { bruteForce, inOrder, passage } from './keyword-index.ts';

const dynamoDb = useDynamoDb();
const scope: Scope = 'acme/main';
const { signal } = new AbortController();

/** A query as DynamoDB gets it. */
interface Query {
  ExpressionAttributeValues: { ':pk': { S: string } };
  Limit?: number;
}

/** Calls of one client, by the names of their commands. */
function recorded() {
  const calls: { name: string; input: object }[] = [];
  const client = dynamoDb.client();
  let failing: string | undefined;
  const send = async (command: { input: object; constructor: { name: string } }, options?: object) => {
    if (command.constructor.name === failing) throw new Error('The process has died.');
    calls.push({ name: command.constructor.name, input: command.input });
    return client.send(command as never, options);
  };
  const queries = () =>
    calls.filter(({ name }) => name === 'QueryCommand').map(({ input }) => input as Query);
  const proxy: DynamoDBClient = new Proxy(client, {
    get: (target, name) => (name === 'send' ? send : (Reflect.get(target, name) as unknown)),
  });
  const fail = (name: string) => {
    failing = name;
  };
  return { client: proxy, calls, queries, fail };
}

async function putEach(index: KeywordIndex, texts: readonly string[]): Promise<void> {
  for (const [at, text] of texts.entries()) {
    const target = { scope, document: `d${String(at).padStart(3, '0')}`, version: 'v1', revision: 0 };
    await index.put(target, [passage(0, text)], { signal });
  }
}

/** Searches, and gives back the work that was left for later. */
async function search(index: KeywordIndex, terms: readonly string[], limit = 500) {
  const later: ((signal: AbortSignal) => Promise<void>)[] = [];
  const options = { signal, later: (work: (signal: AbortSignal) => Promise<void>) => later.push(work) };
  return { hits: await index.search({ scope, terms, limit }, options), later };
}

describe('what a question reads', () => {
  it('is at most twelve terms, the rarest of those that are known, and 5,000 postings', async () => {
    const table = await dynamoDb.table(knowledgeTable(embedding));
    const words = Array.from({ length: 14 }, (_, at) => `word${'abcdefghijklmn'[at]}k`);
    const spy = recorded();
    const index = createKeywordIndex(spy.client, table);
    // The first two are in every document, the others in one each.
    await putEach(
      index,
      words.slice(2).map((word) => `${words[0]} ${words[1]} ${word}`),
    );
    for (const term of words) await search(index, [term]);
    spy.calls.length = 0;
    const { hits } = await search(index, words);
    const asked = spy.queries().map((query) => query.ExpressionAttributeValues[':pk'].S);
    expect(asked.toSorted()).toEqual(words.slice(2).map((term) => `${scope}#term#${term}`));
    expect(hits).toHaveLength(12);
    for (const { Limit } of spy.queries()) expect(Limit).toBeLessThanOrEqual(Math.floor(5_000 / 12));
    expect(spy.calls).toHaveLength(13);
  });

  it('is nothing where there are no terms', async () => {
    const spy = recorded();
    const index = createKeywordIndex(spy.client, await dynamoDb.table(knowledgeTable(embedding)));
    spy.calls.length = 0;
    expect((await search(index, [''])).hits).toEqual([]);
    expect(spy.calls).toEqual([]);
  });
});

describe('a term in more passages than are read', () => {
  const texts = Array.from({ length: 150 }, (_, at) => (at === 7 ? 'salt, salt and bread' : 'salt'));
  const all = texts.map((text, at) => ({
    ...passage(0, text),
    document: `d${String(at).padStart(3, '0')}`,
    version: 'v1',
  }));
  let table: string;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    table = await dynamoDb.table(knowledgeTable(embedding));
    await putEach(createKeywordIndex(dynamoDb.client(), table), texts);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is weighed by its count, once that is taken, and its heaviest passages are found', async () => {
    const index = createKeywordIndex(dynamoDb.client(), table);
    const first = await search(index, ['salt', 'bread']);
    expect(first.hits.length).toBeLessThan(150);
    expect(first.hits[0]).toMatchObject({ document: 'd007' });
    await Promise.all(first.later.map((work) => work(signal)));
    // A process that knows nothing reads the same first rows, and weighs them right.
    const other = createKeywordIndex(dynamoDb.client(), table);
    const { hits } = await search(other, ['salt', 'bread']);
    const wanted = new Map(bruteForce(all, 'salt bread').map((hit) => [hit.document, hit]));
    expect(hits).toHaveLength(first.hits.length);
    expect(inOrder(hits)).toEqual(inOrder(hits.map(({ document }) => wanted.get(document)!)));
  });

  it('is counted by one of those who ask, and again only when its count is old or wrong', async () => {
    const spy = recorded();
    const indexes = [spy.client, spy.client].map((client) => createKeywordIndex(client, table));
    const asked = await Promise.all(indexes.map((index) => search(index, ['salt'])));
    spy.calls.length = 0;
    await Promise.all(asked.flatMap(({ later }) => later).map((work) => work(signal)));
    // The corpus and the term, each once.
    expect(spy.queries()).toHaveLength(2);
    const isWanted = async () =>
      (await search(createKeywordIndex(dynamoDb.client(), table), ['salt'])).later.length > 0;
    vi.advanceTimersByTime(60_000);
    expect(await isWanted()).toBe(false);
    vi.advanceTimersByTime(150 * 360 + 1);
    expect(await isWanted()).toBe(true);
  });

  it('is counted anew, a minute after a count that never came to its end', async () => {
    const spy = recorded();
    const { later } = await search(createKeywordIndex(spy.client, table), ['salt']);
    spy.fail('QueryCommand');
    const counts = await Promise.allSettled(later.map((work) => work(signal)));
    expect(counts.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const left = async () => (await search(createKeywordIndex(dynamoDb.client(), table), ['salt'])).later;
    expect(await left()).toEqual([]);
    vi.advanceTimersByTime(61_000);
    expect(await left()).toHaveLength(2);
  });
});
