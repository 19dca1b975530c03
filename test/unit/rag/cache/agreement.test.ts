import { describe, expect, it } from 'vitest';
import { chooseCandidate, comparedWith, type Wording } from '../../../../lib/rag/cache/agreement.ts';
import type { Objection } from '../../../../lib/rag/cache/guard.ts';

const neighbour = (group: string, similarity: number, right = 0, wrong = 0) => ({
  ...{ group, similarity, right, wrong },
});
type Near = ReturnType<typeof neighbour>;

const noObjection: Wording<Near> = { objectionTo: () => undefined, rootsOf: () => new Set() };
const opposed: Objection = { reason: 'negation' };
const swapped = (...words: string[]): Objection => ({ reason: 'word', swapped: words });
/** Objects to each neighbour as told; the words of each are told too. */
const wording = (
  objections: ReadonlyMap<Near, Objection>,
  words: ReadonlyMap<Near, string> = new Map(),
): Wording<Near> => ({
  objectionTo: (one) => objections.get(one),
  rootsOf: (one) => new Set((words.get(one) ?? '').split(' ')),
});
const onlyServing = (...served: Near[]): Wording<Near> => ({
  ...noObjection,
  objectionTo: (one) => (served.includes(one) ? undefined : opposed),
});

const agreementOf = (...neighbours: Near[]) =>
  chooseCandidate(neighbours, noObjection)?.nearness.agreement ?? 0;

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

  it('hears fifteen', () => {
    const fifteen = Array.from({ length: 15 }, () => neighbour('a', 0.8));
    expect(agreementOf(...fifteen, neighbour('b', 0.8))).toBe(agreementOf(...fifteen));
  });
});

describe('the candidate', () => {
  const neighbours = [
    ...[neighbour('b', 0.86), neighbour('a', 0.85), neighbour('a', 0.84), neighbour('a', 0.83)],
  ];
  const [other, first, second, third] = neighbours as [Near, Near, Near, Near];

  it('has the answer that most of the nearness is for, and is the nearest of it that may be served', () => {
    expect(chooseCandidate(neighbours, noObjection)?.entry).toBe(first);
    expect(chooseCandidate(neighbours, onlyServing(second, third))?.entry).toBe(second);
    const { entry, nearness } = chooseCandidate(neighbours, onlyServing(third))!;
    expect([entry, nearness.similarity, nearness.isReworded]).toEqual([third, 0.83, undefined]);
  });

  it('is looked for beyond those that vote', () => {
    const many = Array.from({ length: 20 }, (_, at) => neighbour('a', 0.9 - at / 100));
    expect(chooseCandidate(many, onlyServing(many[19]!))?.entry).toBe(many[19]);
  });

  it('is never of an answer that fewer speak for', () => {
    expect(chooseCandidate([neighbour('a', 0.95), neighbour('b', 0.7)], onlyServing())).toBeUndefined();
    expect(chooseCandidate(neighbours, onlyServing(other))).toBeUndefined();
    expect(chooseCandidate([], noObjection)).toBeUndefined();
  });

  it('may lack words that others with the same answer use', () => {
    const objections = new Map([first, second, third].map((one) => [one, swapped('card', 'lost')]));
    const words = new Map([
      [second, 'card gone'],
      [third, 'purse lost'],
      [other, 'card lost'],
    ]);
    const found = chooseCandidate(neighbours, wording(objections, words))!;
    expect([found.entry, found.nearness.isReworded]).toEqual([first, undefined]);
    // One to which there is no objection comes before it, though it is farther away.
    objections.delete(third);
    expect(chooseCandidate(neighbours, wording(objections, words))?.entry).toBe(third);
  });

  it('is a reworded one where three have the answer and none uses the words', () => {
    const objections = new Map<Near, Objection>([
      [first, opposed],
      [second, swapped('address')],
      [third, swapped('address')],
    ]);
    const words = new Map([[other, 'address']]);
    const found = chooseCandidate(neighbours, wording(objections, words))!;
    expect([found.entry, found.nearness.isReworded]).toEqual([second, true]);
    const two = [first, second];
    expect(
      chooseCandidate(two, wording(new Map(two.map((one) => [one, swapped('address')])))),
    ).toBeUndefined();
  });

  it('is none where all are known to ask for something else', () => {
    const all = new Map(neighbours.map((one) => [one, opposed]));
    expect(chooseCandidate(neighbours, wording(all))).toBeUndefined();
  });
});

describe('a new answer is compared', () => {
  const neighbours = ['a', 'a', 'b', 'a', 'c', 'd', 'b', 'e', 'a', 'a'].map((group, at) =>
    neighbour(group, 0.9 - at / 100),
  );
  const at = (...places: number[]) => places.map((place) => neighbours[place]);

  it('with the nearest of four groups', () => {
    expect(comparedWith(neighbours, undefined)).toEqual(at(0, 2, 4, 5));
  });

  it('with the candidate first, and with four others of its group', () => {
    expect(comparedWith(neighbours, neighbours[3])).toEqual(at(3, 0, 1, 8, 9, 2, 4, 5));
    expect(comparedWith(neighbours, neighbours[5])).toEqual(at(5, 0, 2, 4));
    const one = Array.from({ length: 8 }, (_, near) => neighbour('a', 0.9 - near / 100));
    expect(comparedWith(one, one[0])).toEqual(one.slice(0, 5));
  });
});
