import {
  GetItemCommand,
  UpdateItemCommand,
  type DynamoDBClient,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AnswerStore } from '../rag/ports/answers.ts';
import type { Scope } from '../rag/types.ts';
import { stateKey, toState } from './answer-items.ts';
import { stored, storedIf } from './client.ts';

type Change = Required<Pick<UpdateItemCommandInput, 'UpdateExpression' | 'ConditionExpression'>> & {
  names: Record<string, string>;
  values: Record<string, unknown>;
};

/** The state of a scope's cache: each change is one conditional update of its one item. */
export function createStates(
  client: DynamoDBClient,
  table: string,
): Pick<AnswerStore, 'state' | 'purge' | 'learn'> {
  /** False if the condition did not hold. */
  const update = async (scope: Scope, { names, values, ...change }: Change, signal: AbortSignal) => {
    const command = new UpdateItemCommand({
      ...{ TableName: table, Key: stateKey(scope), ...change },
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: marshall(values),
    });
    return (await storedIf(signal, client.send(command, { abortSignal: signal }))) !== undefined;
  };

  return {
    state: async (scope, { signal }) => {
      const command = new GetItemCommand({ TableName: table, Key: stateKey(scope), ConsistentRead: true });
      const { Item } = await stored(signal, client.send(command, { abortSignal: signal }));
      return toState(Item);
    },

    purge: async (scope, at, { signal }) => {
      // A purge that comes late must not take back one that was later.
      const change = {
        UpdateExpression: 'SET #purgedAt = :at',
        ConditionExpression: 'attribute_not_exists(#purgedAt) OR #purgedAt < :at',
        ...{ names: { '#purgedAt': 'purgedAt' }, values: { ':at': at } },
      };
      await update(scope, change, signal);
    },

    learn: async (scope, increments, { signal }) => {
      if (Object.keys(increments).length === 0) return;
      // The counters are one map, since a read has to name what it wants. A map must be there before something in it can
      // be changed: the first increments of a scope become it, unless another's did meanwhile.
      const isDone =
        (await update(scope, addition(increments), signal)) ||
        (await update(scope, beginning(increments), signal));
      if (!isDone) await update(scope, addition(increments), signal);
    },
  };
}

function addition(increments: Readonly<Record<string, number>>): Change {
  const names: Record<string, string> = { '#counters': 'counters' };
  const values: Record<string, unknown> = { ':none': 0 };
  const sets = Object.entries(increments).map(([name, by], at) => {
    names[`#n${at}`] = name;
    values[`:n${at}`] = by;
    return `#counters.#n${at} = if_not_exists(#counters.#n${at}, :none) + :n${at}`;
  });
  const UpdateExpression = `SET ${sets.join(', ')}`;
  return { UpdateExpression, ConditionExpression: 'attribute_exists(#counters)', names, values };
}

function beginning(increments: Readonly<Record<string, number>>): Change {
  return {
    UpdateExpression: 'SET #counters = :increments',
    ConditionExpression: 'attribute_not_exists(#counters)',
    ...{ names: { '#counters': 'counters' }, values: { ':increments': increments } },
  };
}
