import { describe, expect, it } from 'vitest';
import { chooseCandidate, nearestOfGroups } from '../../../../lib/rag/cache/agreement.ts';

const neighbour = (group: string, similarity: number, right = 0, wrong = 0) => ({
  ...{ group, similarity, right, wrong },
});
const agreementOf = (...neighbours: ReturnType<typeof neighbour>[]) =>
  chooseCandidate(neighbours, () => true)?.nearness.agreement ?? 0;

describe('agreement', () => {
  it('grows with nearness, and with neighbours that have the same answer', () => {
    expect(agreementOf(neighbour('a', 0.9))).toBeGreaterThan(agreementOf(neighbour('a', 0.8)));
    const alone = agreementOf(neighbour('a', 0.9));
    expect(agreementOf(neighbour('a', 0.9), neighbour('a', 0.85))).toBeGreaterThan(alone);
    expect(agreementOf(neighbour('a', 0.9), neighbour('b', 0.85))).toBeLessThan(alone);
  });

  it('shrinks as the nearest with another answer comes closer', () => {
    const shares = [0.5, 0.7, 0.85, 0.89].map((other) =>
      agreementOf(neighbour('a', 0.9), neighbour('b', other)),
    );
    expect(shares).toEqual(shares.toSorted((a, b) => b - a));
  });

  it('stays small where all are far off, however they agree', () => {
    const far = Array.from({ length: 10 }, () => neighbour('a', 0.3));
    expect(agreementOf(...far)).toBeLessThan(0.5);
  });

  it('takes in what an answer was found to be', () => {
    const unknown = agreementOf(neighbour('a', 0.9), neighbour('b', 0.8));
    expect(agreementOf(neighbour('a', 0.9, 3, 0), neighbour('b', 0.8))).toBeGreaterThan(unknown);
    expect(agreementOf(neighbour('a', 0.9, 0, 3), neighbour('b', 0.8))).toBeLessThan(unknown / 1.5);
  });

  it('hears ten', () => {
    const ten = Array.from({ length: 10 }, () => neighbour('a', 0.8));
    expect(agreementOf(...ten, neighbour('b', 0.8))).toBe(agreementOf(...ten));
  });
});

describe('the candidate', () => {
  it('has the answer that most of the nearness is for, and is the nearest of it that may be served', () => {
    const neighbours = [
      ...[neighbour('b', 0.86), neighbour('a', 0.85), neighbour('a', 0.84), neighbour('a', 0.83)],
    ];
    expect(chooseCandidate(neighbours, () => true)?.entry).toBe(neighbours[1]);
    expect(chooseCandidate(neighbours, (one) => one !== neighbours[1])?.entry).toBe(neighbours[2]);
    expect(chooseCandidate(neighbours, (one) => one === neighbours[2])?.nearness.similarity).toBe(0.84);
  });

  it('is never of an answer that fewer speak for', () => {
    const neighbours = [neighbour('a', 0.95), neighbour('b', 0.7)];
    expect(chooseCandidate(neighbours, ({ group }) => group === 'b')).toBeUndefined();
    expect(chooseCandidate([], () => true)).toBeUndefined();
  });
});

it('a new answer is compared with the nearest of three groups', () => {
  const neighbours = ['a', 'a', 'b', 'a', 'c', 'd'].map((group, at) => neighbour(group, 0.9 - at / 100));
  expect(nearestOfGroups(neighbours)).toEqual([neighbours[0], neighbours[2], neighbours[4]]);
});
