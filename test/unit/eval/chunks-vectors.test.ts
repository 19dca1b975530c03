import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { openVectors } from '../../../eval/chunks-vectors.ts';
import { embeddingModel } from '../../../local/models/embeddings.ts';

const folder = await mkdtemp(join(tmpdir(), 'vectors-'));
afterAll(() => rm(folder, { recursive: true }));
const url = pathToFileURL(`${folder}/cache/`);

it('keeps vectors for the next run, whatever became of the last record', async () => {
  const first = await openVectors(url);
  const progress: number[] = [];
  const [cat, dog] = await first.of(['cat', 'dog', 'cat'], (embedded) => progress.push(embedded));
  await first.close();
  expect(progress).toEqual([2]);
  expect(Math.hypot(...cat!)).toBeCloseTo(1, 2);
  expect(cat).not.toEqual(dog);

  await appendFile(new URL(`${embeddingModel}.f16`, url), 'torn');
  const second = await openVectors(url);
  expect(second.missing(['dog', 'cat', 'bird', 'bird'])).toBe(1);
  const [bird] = await second.of(['bird'], () => {});
  await second.close();

  const third = await openVectors(url);
  expect(third.missing(['bird', 'dog', 'cat'])).toBe(0);
  expect(await third.of(['bird', 'dog', 'cat'], () => {})).toEqual([bird, dog, cat]);
  await third.close();
});
