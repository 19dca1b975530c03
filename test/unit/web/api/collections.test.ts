import { expect, it } from 'vitest';
import { collectionsOf } from '../../../../web/api/collections.ts';

it('names collections by their models, each once', () => {
  expect(collectionsOf(['raglan', 'raglan+sources', 'raglan/hr', 'raglan/hr+sources'])).toEqual([
    'main',
    'hr',
  ]);
});
