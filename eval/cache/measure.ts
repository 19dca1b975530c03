import { refusal } from '../../lib/rag/cache/guard.ts';
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
  const mayServe = rememberedGuard(data);
  return { data, similarities, mayServe, pairs: nearestPairs(data, similarities, mayServe) };
}

/** The guard, asked once for each pair: the same ones meet in every order. */
function rememberedGuard({ texts }: Intents): Measured['mayServe'] {
  const known = new Map<number, boolean>();
  return (asked, cached) => {
    const pair = asked * texts.length + cached;
    const verdict = known.get(pair) ?? refusal(texts[asked] ?? '', texts[cached] ?? '') === undefined;
    known.set(pair, verdict);
    return verdict;
  };
}
