import { fork, type Serializable } from 'node:child_process';
import { once } from 'node:events';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoDb } from '../../lib/dynamodb/client.ts';
import { controlTable } from '../../lib/dynamodb/tables.ts';
import { startDynamoDb } from '../../local/emulators/dynamodb.ts';

/** How many processes there are, and how many callers in all of them. */
export const processes = 4;
export const callers = 100;

/** The control table's name. */
export const table = 'control';

/** Many callers in several processes, over one control table. */
export interface CallerProcesses<Told, Came> {
  client: DynamoDBClient;
  /** Tells all callers of all processes at once; what came of it, of every process one after the other. */
  all(told: Told): Promise<Came[]>;
  close(): Promise<void>;
}

/**
 * Starts the processes, each of which gets the table and its number of callers as arguments, says over IPC that it is
 * ready, and answers what it is told with a list. `file` is its program, beside this one.
 */
export async function startCallerProcesses<Told extends Serializable, Came>(
  file: string,
): Promise<CallerProcesses<Told, Came>> {
  const emulator = await startDynamoDb();
  const client = createDynamoDb();
  const { expiresAttribute: _, ...input } = controlTable();
  await client.send(new CreateTableCommand({ ...input, TableName: table }));
  const each = [table, String(callers / processes)];
  const children = Array.from({ length: processes }, () => fork(new URL(file, import.meta.url), each));
  await Promise.all(children.map((child) => once(child, 'message')));
  return {
    client,
    all: async (told) => {
      const came = await Promise.all(
        children.map(async (child) => {
          const answer = once(child, 'message');
          child.send(told);
          const [came] = (await answer) as [Came[]];
          return came;
        }),
      );
      return came.flat();
    },
    close: async () => {
      for (const child of children) child.kill();
      client.destroy();
      await emulator.close();
    },
  };
}
