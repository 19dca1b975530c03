import { setTimeout as pause } from 'node:timers/promises';
import type { AttributeValue, ConsumedCapacity, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../lib/dynamodb/client.ts';
import { ensureTable } from '../local/provision/tables.ts';
import { startDynamoDb } from '../local/emulators/dynamodb.ts';
import { fromItem } from '../lib/dynamodb/posting-rows.ts';
import type { TableSpec } from '../lib/dynamodb/tables.ts';

/** What calls have cost, by DynamoDB's own account. */
export interface Meter {
  /** Calls by operation: `QueryCommand`. */
  calls: Map<string, number>;
  readUnits: number;
  writeUnits: number;
  /** Postings in the items that queries returned. */
  postings: number;
  /** Milliseconds that each call takes longer, as over a network. */
  delayMs: number;
  reset(): void;
}

export interface MeteredTable {
  client: DynamoDBClient;
  meter: Meter;
  close: () => Promise<void>;
}

/** A table in a DynamoDB of its own process, and a client like the product's whose calls are counted. */
export async function startMeteredTable(name: string, spec: TableSpec): Promise<MeteredTable> {
  const dynamoDb = await startDynamoDb();
  const client = createDynamoDb();
  await ensureTable(client, name, spec);
  return {
    client,
    meter: attachMeter(client),
    close: async () => {
      client.destroy();
      await dynamoDb.close();
    },
  };
}

function attachMeter(client: DynamoDBClient): Meter {
  const meter: Meter = {
    calls: new Map(),
    readUnits: 0,
    writeUnits: 0,
    postings: 0,
    delayMs: 0,
    reset: () => {
      meter.calls.clear();
      meter.readUnits = 0;
      meter.writeUnits = 0;
      meter.postings = 0;
    },
  };
  client.middlewareStack.add(
    (next, context) => async (args) => {
      if (meter.delayMs > 0) await pause(meter.delayMs);
      const result = await next({
        ...args,
        input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' },
      });
      const output = result.output as {
        ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[];
        Items?: Record<string, AttributeValue>[];
      };
      const name = context.commandName ?? '';
      meter.calls.set(name, (meter.calls.get(name) ?? 0) + 1);
      const kind = /Query|Get|Scan/.test(name) ? 'readUnits' : 'writeUnits';
      for (const { CapacityUnits = 0 } of [output.ConsumedCapacity ?? []].flat())
        meter[kind] += CapacityUnits;
      for (const item of output.Items ?? []) meter.postings += fromItem(item).postings.length;
      return result;
    },
    { step: 'initialize' },
  );
  return meter;
}
