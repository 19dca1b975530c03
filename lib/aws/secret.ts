import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RagError } from '../rag/errors.ts';

/** How long a secret is used before it is read again, so that a rotated one is picked up. */
const keptMs = 10 * 60_000;

/** How long after a failed renewal the next one is tried. */
const retryMs = 30_000;

/**
 * A secret's text, read at first use and then every ten minutes; at once for any number of callers. If a renewal fails, the
 * text that is known is used on. Throws RagError `configuration` if there is none yet.
 */
export function createSecret(arn: string, client = new SecretsManagerClient()): () => Promise<string> {
  let reading: { value: Promise<string>; untilMs: number } | undefined;
  let known: string | undefined;
  return async () => {
    if (!reading || reading.untilMs < Date.now()) {
      reading = { value: read(client, arn), untilMs: Date.now() + keptMs };
    }
    const current = reading;
    try {
      known = await current.value;
      return known;
    } catch (error) {
      if (known === undefined) {
        // A failure is not kept: the next caller tries again.
        if (reading === current) reading = undefined;
        throw error;
      }
      current.untilMs = Math.min(current.untilMs, Date.now() + retryMs);
      return known;
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
