import type { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createSecret } from '../../../lib/aws/secret.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** A Secrets Manager that answers in turn, and counts. */
function manager(...answers: (string | undefined | Error)[]) {
  const arns: (string | undefined)[] = [];
  const send = async (command: GetSecretValueCommand) => {
    arns.push(command.input.SecretId);
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return { SecretString: answer };
  };
  return { arns, client: { send } as unknown as SecretsManagerClient };
}

it('is read once for many callers at once, and again only after ten minutes', async () => {
  const { arns, client } = manager('one', 'two');
  const secret = createSecret('arn:key', client);
  expect(arns).toEqual([]);
  expect(await Promise.all([secret(), secret(), secret()])).toEqual(['one', 'one', 'one']);
  vi.advanceTimersByTime(10 * 60_000);
  expect(await secret()).toBe('one');
  vi.advanceTimersByTime(1);
  expect(await secret()).toBe('two');
  expect(arns).toEqual(['arn:key', 'arn:key']);
});

it('does not keep a failure, and says nothing of its cause outside', async () => {
  const { client } = manager(new Error('AccessDenied for arn:secret'), 'one');
  const secret = createSecret('arn:key', client);
  const failures = await Promise.allSettled([secret(), secret()]);
  for (const failure of failures) {
    expect(failure).toMatchObject({ status: 'rejected', reason: { code: 'configuration' } });
    expect(String((failure as PromiseRejectedResult).reason)).not.toContain('arn:');
  }
  expect(await secret()).toBe('one');
});

it('that cannot be renewed is used on, and asked for again half a minute later', async () => {
  const { arns, client } = manager('one', new Error('down'), 'two');
  const secret = createSecret('arn:key', client);
  expect(await secret()).toBe('one');
  vi.advanceTimersByTime(10 * 60_000 + 1);
  expect(await Promise.all([secret(), secret()])).toEqual(['one', 'one']);
  expect(await secret()).toBe('one');
  expect(arns).toHaveLength(2);
  vi.advanceTimersByTime(30_001);
  expect(await secret()).toBe('two');
});

it('that is empty is told as such', async () => {
  const { client } = manager(undefined);
  await expect(createSecret('arn:key', client)()).rejects.toMatchObject({
    code: 'configuration',
    message: expect.stringContaining('empty') as string,
  });
});
