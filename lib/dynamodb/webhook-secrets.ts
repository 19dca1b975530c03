import { randomBytes } from 'node:crypto';
import { UpdateItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { WebhookSecrets } from '../rag/ports/jobs.ts';
import { stored } from './client.ts';

/** Bytes of a secret: the specification asks for 24 to 64. */
const secretBytes = 32;

/** Webhooks' secrets in the control table: the first one that is offered for an owner stays. */
export function createWebhookSecrets(client: DynamoDBClient, table: string): WebhookSecrets {
  return {
    get: async ({ tenant, keyId = '' }, { signal }) => {
      const offered = `whsec_${randomBytes(secretBytes).toString('base64')}`;
      const command = new UpdateItemCommand({
        TableName: table,
        // A job's id is hexadecimal, so this is none.
        Key: { pk: { S: `job#${tenant}#webhooks` }, sk: { S: `secret#${keyId}` } },
        UpdateExpression: 'SET #secret = if_not_exists(#secret, :offered)',
        ExpressionAttributeNames: { '#secret': 'secret' },
        ExpressionAttributeValues: { ':offered': { S: offered } },
        ReturnValues: 'ALL_NEW',
      });
      const { Attributes } = await stored(signal, client.send(command, { abortSignal: signal }));
      return Attributes?.['secret']?.S ?? offered;
    },
  };
}
