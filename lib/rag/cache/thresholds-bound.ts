/** Of a normal distribution, 99 % lies below so many deviations above its mean. */
const deviations = 2.326;

/** What goes wrong in several pools together, as far as is known: a sum of counts, each with a weight. */
export interface Wrongs {
  sum: number;
  variance: number;
  /** The largest weight of a count. */
  weight: number;
}

/** Nothing that may go wrong. */
export const noWrongs: Wrongs = { sum: 0, variance: 0, weight: 0 };

/** With so many more that went wrong, each of which stands for the share `weight` of all questions. */
export function withWrongs({ sum, variance, weight }: Wrongs, wrong: number, weightOfEach: number): Wrongs {
  return {
    sum: sum + wrong * weightOfEach,
    variance: variance + wrong * weightOfEach ** 2,
    weight: Math.max(weight, weightOfEach),
  };
}

/**
 * The upper bound of the share that goes wrong, at 99 %: that of a weighted sum of Poisson counts after Fay and Feuer
 * (Statistics in Medicine 16, 1997), which adds one of the largest weight to what was seen; the gamma quantile after Wilson and
 * Hilferty. For one count it is the exact Poisson bound, so a pool in which nothing went wrong has one too.
 */
export function upperBound({ sum, variance, weight }: Wrongs): number {
  if (weight === 0) return 0;
  const mean = sum + weight;
  const shape = mean ** 2 / (variance + weight ** 2);
  return mean * (1 - 1 / (9 * shape) + deviations / (3 * Math.sqrt(shape))) ** 3;
}
