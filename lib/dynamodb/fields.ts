import { GetItemCommand, UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import { RagError } from '../rag/errors.ts';
import type { FieldValue, Scope } from '../rag/types.ts';
import { stored, storedIf } from './client.ts';
import { filterSlots } from './tables.ts';

/** Names of fields that a scope can have; their list is one item and goes into a message. */
const maxNames = 200;

/** Scopes whose names are remembered. */
const maxScopes = 1_000;

/** Claims that are tried anew because others claimed meanwhile. */
const maxTurns = 10;

/** Slot of the index by field; undefined for a field that came when all slots were taken. */
export type FieldSlots = ReadonlyMap<string, string | undefined>;

/** The fields of a scope's documents and their slots in the index. A slot once taken is taken for good. */
export interface Fields {
  /** All that are known, read anew if one of `names` is not among those that are remembered. */
  known(scope: Scope, names: readonly string[], signal: AbortSignal): Promise<FieldSlots>;
  /** The same, with `names` among them: slots go to whoever comes first. */
  claim(scope: Scope, names: readonly string[], signal: AbortSignal): Promise<FieldSlots>;
}

/** One item a scope: the list of its fields as they came. The first eight of them have the slots, by their place. */
export function createFields(client: DynamoDBClient, table: string): Fields {
  // The list only grows, so what is remembered of it stays true.
  const remembered = new Map<Scope, readonly string[]>();
  const remember = (scope: Scope, names: readonly string[]) => {
    remembered.delete(scope);
    remembered.set(scope, names);
    const [oldest] = remembered.keys();
    if (remembered.size > maxScopes && oldest !== undefined) remembered.delete(oldest);
    return names;
  };
  const keyOf = (scope: Scope) => ({ pk: { S: `${scope}#fields` }, sk: { S: 'names' } });

  const read = async (scope: Scope, signal: AbortSignal): Promise<readonly string[]> => {
    const command = new GetItemCommand({ TableName: table, Key: keyOf(scope), ConsistentRead: true });
    const { Item } = await stored(signal, client.send(command, { abortSignal: signal }));
    return remember(scope, Item ? (unmarshall(Item) as { names: string[] }).names : []);
  };
  const having = async (scope: Scope, names: readonly string[], signal: AbortSignal) => {
    const known = remembered.get(scope) ?? [];
    return missingFrom(known, names).length === 0 ? known : read(scope, signal);
  };
  /** Writes the longer list; undefined if it has grown meanwhile. */
  const extend = async (
    scope: Scope,
    { known, names }: { known: readonly string[]; names: readonly string[] },
    signal: AbortSignal,
  ) => {
    const command = new UpdateItemCommand({
      TableName: table,
      Key: keyOf(scope),
      UpdateExpression: 'SET #names = :names',
      ConditionExpression: known.length === 0 ? 'attribute_not_exists(#names)' : 'size(#names) = :count',
      ExpressionAttributeNames: { '#names': 'names' },
      ExpressionAttributeValues: marshall({
        ':names': names,
        ...(known.length > 0 && { ':count': known.length }),
      }),
    });
    const written = await storedIf(signal, client.send(command, { abortSignal: signal }));
    return written && remember(scope, names);
  };

  return {
    known: async (scope, names, signal) => toSlots(await having(scope, names, signal)),
    claim: async (scope, names, signal) => {
      let known = await having(scope, names, signal);
      for (let turn = 1; turn <= maxTurns; turn += 1) {
        const missing = missingFrom(known, names);
        if (missing.length === 0) return toSlots(known);
        const longer = [...known, ...missing];
        if (longer.length > maxNames) throw tooMany();
        known = (await extend(scope, { known, names: longer }, signal)) ?? (await read(scope, signal));
      }
      throw new RagError('conflict', "The collection's fields kept changing.");
    },
  };
}

/** A value as its slot has it: `2024` and `"2024"` are two values. */
export function slotValue(value: FieldValue): string {
  return `${typeof value}:${value}`;
}

function missingFrom(known: readonly string[], names: readonly string[]): string[] {
  return names.filter((name) => !known.includes(name));
}

function toSlots(names: readonly string[]): FieldSlots {
  return new Map(names.map((name, place) => [name, filterSlots[place]]));
}

function tooMany(): RagError {
  return new RagError(
    'invalid_metadata',
    `The collection's documents have ${maxNames} different fields already. Use one of those.`,
  );
}
