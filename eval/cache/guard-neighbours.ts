import { dimensions } from '../vector-rows.ts';
import { readBanking77, type Intents } from './intents.ts';

/** A question and the nearest one that is cached. */
export interface NeighbourPair {
  asked: string;
  cached: string;
  cosine: number;
  isSameIntent: boolean;
}

/** Each test question of Banking77 with the nearest training question, where the cosine is `least` or more. */
export async function readNeighbours(least: number): Promise<NeighbourPair[]> {
  const all = await readBanking77();
  return all.asked.flatMap((asked) => {
    const { question, cosine } = nearestTo(asked, all);
    if (cosine < least) return [];
    const isSameIntent = all.intents[asked] === all.intents[question];
    return [{ asked: all.texts[asked] ?? '', cached: all.texts[question] ?? '', cosine, isSameIntent }];
  });
}

function nearestTo(asked: number, { vectors, cached }: Intents): { question: number; cosine: number } {
  const best = { question: -1, cosine: -1 };
  for (const question of cached) {
    let cosine = 0;
    for (let n = 0; n < dimensions; n++) {
      cosine += (vectors[asked * dimensions + n] as number) * (vectors[question * dimensions + n] as number);
    }
    if (cosine > best.cosine) Object.assign(best, { question, cosine });
  }
  return best;
}
