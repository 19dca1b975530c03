import { observe } from '../../../../lib/rag/cache/thresholds-counts.ts';
import { judge } from '../../../../lib/rag/cache/thresholds.ts';
import { createRandom } from '../../../../eval/cache/random.ts';

/** How often a cached answer with that agreement is wrong, when so many questions were asked before. */
export type World = (agreement: number, question: number) => number;

/** Asks questions of a world whose errors are known; what the cache learns it learns as in production. */
export function askStream({
  world,
  delta,
  seed,
  questions,
  // Most questions have an answer that agrees well, as in a cache that has been used.
  agreementOf = (_, random) => 1 - random() ** 3,
}: {
  world: World;
  delta: number;
  seed: number;
  questions: number;
  /** How far the neighbours of a question agree. */
  agreementOf?: (question: number, random: () => number) => number;
}) {
  const random = createRandom(seed);
  const counters: Record<string, number> = {};
  const hitsByThousand = Array.from({ length: Math.ceil(questions / 1_000) }, () => 0);
  let hits = 0;
  let wrong = 0;
  for (let question = 0; question < questions; question += 1) {
    const nearness = { similarity: 0.9, agreement: agreementOf(question, random) };
    const isRight = random() >= world(nearness.agreement, question);
    const judged = judge(counters, nearness, delta, random);
    const isServed = judged.verdict === 'serve';
    if (isServed) {
      hits += 1;
      const thousand = Math.floor(question / 1_000);
      hitsByThousand[thousand] = (hitsByThousand[thousand] ?? 0) + 1;
      if (!isRight) wrong += 1;
    }
    const known = { nearness, questions: judged.questions, ...(!isServed && { isRight }) };
    for (const [name, by] of Object.entries(observe(counters, known, random)))
      counters[name] = (counters[name] ?? 0) + by;
  }
  return { hits, wrong, counters, hitsByThousand };
}
