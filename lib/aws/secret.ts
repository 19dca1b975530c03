import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RagError } from '../rag/errors.ts';

/** How long a secret is used before it is read again, so that a rotated one is picked up. */
const keptMs = 10 * 60_000;

/** A secret's text, read at first use and then every ten minutes; at once for any number of callers. */
export function createSecret(arn: string, client = new SecretsManagerClient()): () => Promise<string> {
  let reading: { value: Promise<string>; untilMs: number } | undefined;
  return async () => {
    if (!reading || reading.untilMs < Date.now()) {
      reading = { value: read(client, arn), untilMs: Date.now() + keptMs };
    }
    const current = reading;
    try {
      return await current.value;
    } catch (error) {
      // A failure is not kept: the next caller tries again.
      if (reading === current) reading = undefined;
      throw error;
    }
  };
}

async function read(client: SecretsManagerClient, arn: string): Promise<string> {
  try {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId: arn }), {
      abortSignal: AbortSignal.timeout(5_000),
    });
    if (SecretString) return SecretString;
  } catch (error) {
    throw new RagError('configuration', "The model's key could not be read from Secrets Manager.", {
      cause: error,
    });
  }
  throw new RagError('configuration', "The secret with the model's key is empty. Put the key into it.");
}
