import { describe, expect, it } from 'vitest';
import { cellCount, cellOf, observe } from '../../../../lib/rag/cache/thresholds-counts.ts';
import { judge } from '../../../../lib/rag/cache/thresholds.ts';
import type { Nearness } from '../../../../lib/rag/ports/answers.ts';
import { createRandom } from '../../../../eval/cache/random.ts';
import { askStream, type World } from './thresholds-world.ts';

/** Errors that fall with agreement, as they do on real questions. */
const falling = (agreement: number) => 0.6 * (1 - agreement) ** 1.5;
const atAgreement = (agreement: number) => ({ similarity: 0.9, agreement });

describe('the bound', () => {
  const worlds: Record<string, World> = {
    'errors that fall with agreement': falling,
    'errors that fall to a floor of label noise': (agreement) => Math.max(falling(agreement), 0.01),
    'errors that fall late': (agreement) => (agreement > 0.97 ? 0.002 : 0.3),
    'errors that agreement tells nothing of': () => 0.05,
    'nothing right at all': () => 1,
  };
  for (const [name, world] of Object.entries(worlds)) {
    for (const delta of [0.01, 0.02, 0.05]) {
      it(`holds at ${delta} for ${name}`, () => {
        for (const seed of [1, 2]) {
          const { wrong } = askStream({ world, delta, seed, questions: 5_000 });
          expect(wrong / 5_000).toBeLessThanOrEqual(delta);
        }
      });
    }
  }

  it('is not used up by answers that are far more often wrong than allowed', () => {
    const counters = { asked0: 10, asked39: 990, right0: 260, wrong0: 40, right39: 1_800 };
    expect(judge(counters, atAgreement(0), 0.01, () => 0.99).verdict).toBe('ask');
    expect(judge({ ...counters, wrong0: 10 }, atAgreement(0), 0.01, () => 0.99).verdict).toBe('serve');
  });

  it('is used for the least error first, of whichever kind, and one kind does not end with the other', () => {
    const counters = {
      asked20: 300,
      asked39: 400,
      asked79: 300,
      right39: 900,
      right79: 900,
      right20: 300,
      wrong20: 40,
    };
    const verdictOf = (nearness: Nearness) => judge(counters, nearness, 0.02, () => 0.99).verdict;
    expect(verdictOf(atAgreement(1))).toBe('serve');
    expect(verdictOf({ ...atAgreement(1), isReworded: true })).toBe('serve');
    expect(verdictOf(atAgreement(0.9))).toBe('ask');
  });

  it('is not enough for what is reworded: its own error has to be as low by its own bound', () => {
    const reworded = { ...atAgreement(1), isReworded: true };
    const counters = { asked39: 980, asked79: 20, right39: 2_000, right79: 100, wrong79: 1 };
    const verdictAt = (delta: number) => judge(counters, reworded, delta, () => 0.99).verdict;
    expect([verdictAt(0.01), verdictAt(0.05)]).toEqual(['ask', 'serve']);
    const plain = { ...counters, asked38: 20, right38: 100, wrong38: 1 };
    expect(judge(plain, atAgreement(0.9955), 0.01, () => 0.99).verdict).toBe('serve');
  });

  it('is made use of: what is surely right is served, and more where more may be wrong', () => {
    const hits = [0.01, 0.02, 0.05].map(
      (delta) => askStream({ world: falling, delta, seed: 1, questions: 6_000 }).hits / 6_000,
    );
    expect(hits).toEqual(hits.toSorted((a, b) => a - b));
    expect(hits[0]).toBeGreaterThan(0.3);
    expect(hits[2]).toBeGreaterThan(0.6);
  });
});

describe('what has not been learnt', () => {
  it('is asked of the model: the first questions of all, and all while nothing could be compared', () => {
    const random = createRandom(1);
    expect(judge({}, atAgreement(1), 0.05, random)).toEqual({ verdict: 'ask', questions: 1 });
    let counters: Record<string, number> = {};
    for (let question = 0; question < 500; question += 1) {
      counters = sum(counters, observe(counters, { nearness: atAgreement(0.99), questions: 1 }, random));
      expect(judge(counters, atAgreement(0.99), 0.05, random).verdict).toBe('ask');
    }
  });

  it('is asked until enough was seen, however small its share of the questions', () => {
    const counters = { askedElse: 990, asked30: 10, right30: 28 };
    expect(judge(counters, atAgreement(0.98), 0.05, () => 0.99).verdict).toBe('ask');
    expect(judge({ ...counters, right30: 60 }, atAgreement(0.98), 0.05, () => 0.99).verdict).toBe('serve');
  });
});

describe('less agreement than was ever seen', () => {
  it('is asked of the model, however right more of it is', () => {
    const counters = { asked30: 1_000, right30: 1_000 };
    const verdictOf = (nearness: Nearness) => judge(counters, nearness, 0.05, () => 0.99).verdict;
    expect([0.98, 0.9, 0.3].map((agreement) => verdictOf(atAgreement(agreement)))).toEqual([
      'serve',
      'ask',
      'ask',
    ]);
    const reworded = { asked39: 900, asked70: 100, right39: 2_000, right70: 400 };
    const isServed = (agreement: number) =>
      judge(reworded, { ...atAgreement(agreement), isReworded: true }, 0.05, () => 0.99).verdict === 'serve';
    expect([0.98, 0.9].map(isServed)).toEqual([true, false]);
  });

  it('has no answers served that are wrong, where questions of another kind begin to come', () => {
    const agreementOf = (question: number) => (question < 1_000 ? 0.98 : 0.6);
    const world: World = (agreement) => (agreement > 0.9 ? 0.001 : 0.9);
    const { wrong } = askStream({ world, delta: 0.01, seed: 1, questions: 3_000, agreementOf });
    expect(wrong / 3_000).toBeLessThanOrEqual(0.01);
  });
});

describe('what turns bad', () => {
  it('is found out by checking and served no longer', () => {
    const bad: World = (agreement, question) => (question < 3_000 ? 0.001 : 0.6 - 0.1 * agreement);
    const { hitsByThousand } = askStream({ world: bad, delta: 0.02, seed: 1, questions: 8_000 });
    expect(hitsByThousand[2]).toBeGreaterThan(700);
    expect(hitsByThousand[7]).toBeLessThan(20);
  });

  it('is given up at once when people say that it is wrong', () => {
    const random = createRandom(1);
    const { counters } = askStream({ world: () => 0.001, delta: 0.02, seed: 1, questions: 3_000 });
    const nearness = atAgreement(0.95);
    expect(judge(counters, nearness, 0.02, () => 0.99).verdict).toBe('serve');
    let after = counters;
    for (let said = 0; said < 40; said += 1)
      after = sum(after, observe(after, { nearness, questions: 0, isRight: false }, random));
    expect(judge(after, nearness, 0.02, () => 0.99).verdict).toBe('ask');
  });

  it('comes back when it is right again', () => {
    const recovering: World = (_, question) => (question > 2_000 && question < 3_000 ? 0.5 : 0.001);
    const { hitsByThousand } = askStream({ world: recovering, delta: 0.02, seed: 1, questions: 16_000 });
    expect(hitsByThousand[15]).toBeGreaterThan(600);
  });
});

describe('checking', () => {
  it('takes a small share of what may be served, more where more goes wrong', () => {
    const counters = { asked0: 100, asked20: 300, asked39: 600, right0: 0, wrong0: 100 };
    const counted = { ...counters, right20: 390, wrong20: 10, right39: 400, wrong39: 0 };
    const share = (agreement: number) => {
      const random = createRandom(1);
      const verdicts = Array.from(
        { length: 20_000 },
        () => judge(counted, atAgreement(agreement), 0.02, random).verdict,
      );
      expect(verdicts).not.toContain('ask');
      return verdicts.filter((verdict) => verdict === 'explore').length / verdicts.length;
    };
    expect(share(0.999)).toBeCloseTo((0.03 * (1 / 402)) / 0.02, 2);
    expect(share(0.9)).toBeCloseTo((0.03 * (11 / 402)) / 0.02, 2);
  });

  it('counts questions that may be served by samples that stand for all of them', () => {
    const random = createRandom(2);
    const counters = { asked39: 1_000, right39: 500 };
    const questions = Array.from(
      { length: 20_000 },
      () => judge(counters, atAgreement(1), 0.02, random).questions,
    );
    expect(new Set(questions)).toEqual(new Set([0, 10]));
    expect(questions.reduce((sum, one) => sum + one, 0) / 20_000).toBeCloseTo(1, 1);
  });
});

it('more agreement is never served less', () => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const { counters } = askStream({ world: falling, delta: 0.02, seed, questions: 1_000 * (seed + 1) });
    const verdicts = Array.from(
      { length: 200 },
      (_, step) => judge(counters, atAgreement(step / 200), 0.02, () => 0.99).verdict,
    );
    expect(verdicts.lastIndexOf('ask')).toBeLessThan(verdicts.indexOf('serve'));
    expect(cellOf(atAgreement(0))).toBe(0);
    expect(cellOf(atAgreement(1))).toBe(cellCount - 1);
  }
});

function sum(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const all = { ...a };
  for (const [name, by] of Object.entries(b)) all[name] = (all[name] ?? 0) + by;
  return all;
}
