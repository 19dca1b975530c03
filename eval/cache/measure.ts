import type { Wording } from '../../lib/rag/cache/agreement.ts';
import { objectionTo, rootsOf, type Objection } from '../../lib/rag/cache/guard.ts';
import { createProgressLine } from '../../local/terminal/progress-line.ts';
import { nearestPairs } from './fixed.ts';
import type { Intents } from './intents.ts';
import type { Measured } from './rows.ts';
import { compareAll } from './similarities.ts';

/** Compares the questions of a set, shows how far it is, and finds the nearest cached one of each that is asked. */
export async function prepareMeasuring(data: Intents): Promise<Measured> {
  const line = createProgressLine(process.stderr, `Comparing ${data.name}`);
  const similarities = await compareAll(data, (done, total) =>
    line.show({ done: Math.round(done), total, fraction: done / total }),
  );
  line.clear();
  const wordingOf = rememberedGuard(data);
  return { data, similarities, wordingOf, pairs: nearestPairs(data, similarities, wordingOf) };
}

/** The guard, asked once for each pair: the same ones meet in every order. */
function rememberedGuard({ texts }: Intents): Measured['wordingOf'] {
  const objections = new Map<number, Objection | undefined>();
  const roots = new Map<number, ReadonlySet<string>>();
  return (asked): Wording<{ question: number }> => ({
    objectionTo: ({ question }) => {
      const pair = asked * texts.length + question;
      if (!objections.has(pair)) objections.set(pair, objectionTo(texts[asked] ?? '', texts[question] ?? ''));
      return objections.get(pair);
    },
    rootsOf: ({ question }) => {
      const known = roots.get(question) ?? rootsOf(texts[question] ?? '');
      roots.set(question, known);
      return known;
    },
  });
}
