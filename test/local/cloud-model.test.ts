import { afterAll, beforeAll, expect, it } from 'vitest';
import { startLaptopCloud } from '../../local/cloud.ts';
import { startModels, type Models } from '../../local/models/server.ts';

let models: Models;

beforeAll(async () => {
  models = await startModels();
});
afterAll(() => models.close());

const start = (environment: Record<string, string>, failures: string[] = []) =>
  startLaptopCloud({
    port: 0,
    environment: { CHAT_MODEL: models.chatModel, EMBEDDING_MODEL: models.embeddingModel, ...environment },
    onFailure: (what) => failures.push(what),
  });

it('a model of other dimensions than are configured ends the start, with both numbers', async () => {
  const starting = start({ OPENAI_BASE_URL: models.baseUrl, EMBEDDING_DIMENSIONS: '512' });
  await expect(starting).rejects.toMatchObject({
    code: 'index_mismatch',
    message: expect.stringMatching(/384.*512/) as string,
  });
});

it('a model that is not reached is told and does not end the start', async () => {
  const failures: string[] = [];
  const cloud = await start(
    { OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', EMBEDDING_DIMENSIONS: '384' },
    failures,
  );
  expect(failures).toEqual(['Asking the embedding model']);
  await cloud.close();
});
