import { expect, it } from 'vitest';
import { createDescribeCache } from '../../../../lib/rag/cache/describe.ts';
import { cellCount } from '../../../../lib/rag/cache/thresholds-counts.ts';
import { createWorld, scope } from '../../../fakes/world.ts';

const options = { signal: new AbortController().signal };

it('from where on similar answers are served is an agreement, where only reworded questions get them too', async () => {
  const fromAgreement = async (...cells: number[]) => {
    const { answers } = createWorld();
    const known = cells.flatMap((cell) => [[`asked${cell}`, 50] as const, [`right${cell}`, 2_000] as const]);
    answers.states.set(scope, { counters: Object.fromEntries(known) });
    const { similar } = await createDescribeCache({ answers, maxErrorRate: 0.01 })(scope, options);
    return similar.isServed && similar.fromAgreement;
  };
  const ofOwnWords = await fromAgreement(20);
  // The odds of 8 to 1, five doublings above those of 1 to 4.
  expect(ofOwnWords).toBeCloseTo(8 / 9, 8);
  expect(await fromAgreement(cellCount + 20)).toBe(ofOwnWords);
});
