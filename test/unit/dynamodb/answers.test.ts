import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, it, vi } from 'vitest';
import { createAnswerStore } from '../../../lib/dynamodb/answers.ts';
import { answer, entry, vector } from '../../contracts/answer-entries.ts';

type Item = Record<string, AttributeValue>;

const options = { signal: new AbortController().signal };
const key = { scope: 'acme/main', key: 'k' } as const;

afterEach(() => void vi.restoreAllMocks());

/** A store whose database gives these replies, one a call, and what it was asked. */
function scripted(...replies: unknown[]) {
  const asked: { name: string; input: Record<string, unknown> }[] = [];
  const send = async (command: { constructor: { name: string }; input: Record<string, unknown> }) => {
    asked.push({ name: command.constructor.name, input: command.input });
    const reply = replies.shift();
    if (reply instanceof Error) throw reply;
    return reply;
  };
  const client = { send } as unknown as DynamoDBClient;
  return { store: createAnswerStore(client, { table: 't', index: 'answers-m-4' }), asked };
}

const nearest = (store: ReturnType<typeof scripted>['store']) =>
  store.nearest({ scope: 'acme/main', shape: 's', vector: vector(1), limit: 5 }, options);

/** What an index brings of an answer. */
function row(pk: string, more: Item = {}): { Item: Item; Score: number } {
  const item: Item = {
    ...{ pk: { S: pk }, scope: { S: 'acme/main' }, shape: { S: 's' }, question: { S: 'Which?' } },
    ...{
      groups: { L: [{ S: 'g' }] },
      right: { N: '3' },
      wrong: { N: '1' },
      createdAt: { S: answer.createdAt },
    },
    ...{ versions: { S: '{"a":"v1"}' }, expiresAt: { N: '9999999999' } },
  };
  return { Item: { ...item, ...more }, Score: 0.25 };
}

it('finds entry, state and lease by one consistent read that leaves the vector where it is', async () => {
  const { store, asked } = scripted({ Responses: { t: [] } });
  expect(await store.find(key, options)).toEqual({ state: { counters: {} } });
  expect(asked).toHaveLength(1);
  const { name, input } = asked[0]!;
  const { Keys, ...read } = (input['RequestItems'] as Record<string, { Keys: Item[] }>)['t']!;
  expect(name).toBe('BatchGetItemCommand');
  expect(Keys.map(({ pk }) => pk?.S)).toEqual(['acme/main#exact#k', 'acme/main#state', 'acme/main#lease#k']);
  expect(read).toMatchObject({ ConsistentRead: true });
  expect(
    Object.values((read as { ExpressionAttributeNames: object }).ExpressionAttributeNames),
  ).not.toContain('answers-m-4');
});

it('reads an answer and a state as they are now, not as they were', async () => {
  const { store, asked } = scripted({}, {});
  await store.get(key, options);
  await store.state(key.scope, options);
  expect(asked.map(({ input }) => input['ConsistentRead'])).toEqual([true, true]);
});

it('reads again what the database left unread', async () => {
  const state = { pk: { S: 'acme/main#state' } };
  const { store, asked } = scripted(
    { Responses: { t: [] }, UnprocessedKeys: { t: { Keys: [state] } } },
    { Responses: { t: [{ ...state, counters: { M: { a: { N: '2' } } } }] } },
  );
  expect(await store.find(key, options)).toEqual({ state: { counters: { a: 2 } } });
  expect(asked).toHaveLength(2);
});

it('shows no row of another scope or shape, expired or of an older version, whatever the index brings', async () => {
  const past = String(Math.floor(Date.now() / 1_000));
  const { groups: _, ...older } = row('acme/main#exact#older').Item;
  const SearchResults = [
    row('other/main#exact#k'),
    row('acme/main2#exact#k'),
    row('acme/main#state'),
    row('acme/main#lease#k'),
    row('acme/main#exact#other-shape', { shape: { S: 's2' } }),
    row('acme/main#exact#expired', { expiresAt: { N: past } }),
    { Item: older, Score: 0.25 },
    row('acme/main#exact#ours'),
    { Score: 0 },
  ];
  const { store } = scripted({ SearchResults });
  expect(await nearest(store)).toEqual([
    {
      ...{ key: 'ours', question: 'Which?', groups: ['g'], similarity: 0.75, right: 3, wrong: 1 },
      ...{ createdAt: answer.createdAt, versions: { a: 'v1' } },
    },
  ]);
});

it.each([
  'Cannot search backfilling vector index: answers-m-4',
  'The table does not have the specified index: answers-m-4',
])('waits for an index that is new, and in the end gives it up: %s', async (message) => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const refusal = Object.assign(new Error(message), { name: 'ValidationException' });
  const { store, asked } = scripted(refusal, { SearchResults: [row('acme/main#exact#a')] });
  expect(await nearest(store)).toHaveLength(1);
  expect(asked).toHaveLength(2);
  const never = scripted(refusal, refusal, refusal, refusal, refusal);
  await expect(nearest(never.store)).rejects.toMatchObject({ code: 'storage_unavailable', retryable: true });
  expect(never.asked).toHaveLength(4);
});

it('writes with an entry what the index needs only where there is a vector', async () => {
  const { store, asked } = scripted({}, {});
  await store.put(key, entry({ vector: vector(0.123456, -2 / 3) }), options);
  await store.put(key, entry(), options);
  const [found, kept] = asked.map(({ input }) => input['Item'] as Item);
  expect(found!['answers-m-4']!.L!.map(({ N }) => N)).toEqual(['0.1235', '-0.6667', '0.000', '0.000']);
  expect(found).toMatchObject({ scope: { S: 'acme/main' }, shape: { S: 's' } });
  for (const name of ['scope', 'shape', 'answers-m-4']) expect(kept).not.toHaveProperty(name);
});
