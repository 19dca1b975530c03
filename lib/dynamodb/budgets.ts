import {
  ConditionalCheckFailedException,
  UpdateItemCommand,
  type AttributeValue,
  type DynamoDBClient,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Budgets, Reservation } from '../rag/ports/access.ts';
import { stored, storedIf } from './client.ts';

type Item = Record<string, AttributeValue>;

/** How long after its month an item is kept, for those who ask what was used. */
const keptDays = 400;

/** Reservations that one update gives back; an expression has its limits, and the next one takes the others. */
const maxGivenBack = 25;

/** What the names of reservations begin with; when they end (base 36) and their id follow. */
const openPrefix = 'r#';

/**
 * Budgets in the control table, an item for each key and month. What counts is one number, of what is used and what is
 * reserved together, so that each change is one update and a condition can compare it. Each reservation that is open stands
 * beside it as an attribute of its own: by that, an update that is sent again is known, and one that nobody settles is
 * found and given back by whoever reserves next.
 */
export function createBudgets(client: DynamoDBClient, table: string): Budgets {
  const update = (keyId: string, month: string, change: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>) =>
    new UpdateItemCommand({ TableName: table, Key: keyOf(keyId, month), ...change });

  return {
    reserve: async ({ keyId, month, limit }, reservation, { signal }) => {
      if (reservation.tokens > limit) return false;
      const attempt = () => {
        const command = update(keyId, month, toReserve(reservation, limit, month));
        return stored(signal, reservedOrNot(client.send(command, { abortSignal: signal }), reservation));
      };
      const { isReserved, item } = await attempt();
      const gone = goneOf(item);
      if (gone.length === 0) return isReserved;
      const command = update(keyId, month, toGiveBack(gone));
      await storedIf(signal, client.send(command, { abortSignal: signal }));
      return isReserved || (await attempt()).isReserved;
    },

    settle: async ({ keyId, month }, reservation, used, { signal }) => {
      const command = update(keyId, month, {
        UpdateExpression: 'SET #taken = #taken + :rest REMOVE #open ADD #used :used',
        ConditionExpression: 'attribute_exists(#open)',
        ExpressionAttributeNames: { '#taken': 'taken', '#used': 'used', '#open': nameOf(reservation) },
        ExpressionAttributeValues: marshall({ ':rest': used - reservation.tokens, ':used': used }),
      });
      await storedIf(signal, client.send(command, { abortSignal: signal }));
    },
  };
}

function keyOf(keyId: string, month: string): Item {
  return { pk: { S: `budget#${keyId}` }, sk: { S: month } };
}

function nameOf({ untilMs, id }: Reservation): string {
  return `${openPrefix}${untilMs.toString(36)}#${id}`;
}

function toReserve(reservation: Reservation, limit: number, month: string) {
  const { tokens } = reservation;
  return {
    UpdateExpression: 'SET #open = :tokens, #expiresAt = :expiresAt ADD #taken :tokens',
    ConditionExpression: 'attribute_not_exists(#open) AND (attribute_not_exists(#taken) OR #taken <= :most)',
    ExpressionAttributeNames: {
      ...{ '#taken': 'taken', '#expiresAt': 'expiresAt', '#open': nameOf(reservation) },
    },
    ExpressionAttributeValues: marshall({
      ...{ ':tokens': tokens, ':most': limit - tokens, ':expiresAt': expiry(month) },
    }),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  } satisfies Partial<UpdateItemCommandInput>;
}

/** Whether the reservation stands, by this update or by one before it whose answer was lost, and the item as it is. */
async function reservedOrNot(
  sent: Promise<{ Attributes?: Item | undefined }>,
  reservation: Reservation,
): Promise<{ isReserved: boolean; item: Item }> {
  try {
    const { Attributes: item = {} } = await sent;
    return { isReserved: true, item };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const { Item: item = {} } = error;
    return { isReserved: nameOf(reservation) in item, item };
  }
}

/** Reservations that are past their time, by name. */
function goneOf(item: Item): [name: string, tokens: number][] {
  return Object.entries(item)
    .filter(([name]) => name.startsWith(openPrefix) && endOf(name) <= Date.now())
    .slice(0, maxGivenBack)
    .map(([name, { N: tokens }]) => [name, Number(tokens)]);
}

function endOf(name: string): number {
  return Number.parseInt(name.slice(openPrefix.length), 36);
}

/** All of them or, where one is there no more, none: then another has given it back, and maybe the others too. */
function toGiveBack(gone: readonly [name: string, tokens: number][]) {
  const places = gone.map((_, n) => `#open${n}`);
  const sum = gone.reduce((sum, [, tokens]) => sum + tokens, 0);
  return {
    UpdateExpression: `SET #taken = #taken - :sum REMOVE ${places.join(', ')}`,
    ConditionExpression: places.map((place) => `attribute_exists(${place})`).join(' AND '),
    ExpressionAttributeNames: {
      '#taken': 'taken',
      ...Object.fromEntries(gone.map(([name], n) => [`#open${n}`, name])),
    },
    ExpressionAttributeValues: marshall({ ':sum': sum }),
  };
}

function expiry(month: string): number {
  return Date.parse(`${month}-01T00:00:00Z`) / 1_000 + keptDays * 24 * 60 * 60;
}
