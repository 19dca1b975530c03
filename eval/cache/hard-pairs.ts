import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { shuffle } from './random.ts';

/** Two questions, the second of them cached. */
export interface QuestionPair {
  asked: string;
  cached: string;
}

/** A pair that differs in one thing that changes the answer. */
export interface HardPair extends QuestionPair {
  kind: z.infer<typeof kindSchema>;
  domain: string;
  /** Whether the wording differs too. */
  isReworded: boolean;
}

/** `seen` is what the guard was built with; `unseen` shares neither a wording nor a swap with it. */
export type Part = 'seen' | 'unseen';

export interface HardSet {
  differing: readonly HardPair[];
  /** Pairs that mean the same: each that is refused is an answer given away. */
  same: readonly QuestionPair[];
}

const pairSchema = z.tuple([z.string(), z.string()]);
const kindSchema = z.enum([
  'negation',
  'number',
  'date',
  'unit',
  'quoted',
  'identifier',
  'entity',
  'comparative',
  'direction',
  'word',
]);

/** Wordings of one question with a gap `{x}`, or two of them, `{a}` and `{b}`, that trade places. */
const topicSchema = z.object({
  kind: kindSchema,
  domain: z.string(),
  wordings: z.array(z.string()),
  /** What fills the gap: either of two makes another question. */
  swaps: z.array(pairSchema),
  /** What fills the gap with the same meaning. */
  same: z.array(pairSchema).default([]),
});
const partSchema = z.object({ topics: z.array(topicSchema), paraphrases: z.array(pairSchema) });

export type Topic = z.infer<typeof topicSchema>;

/** Pairs of each kind in a part: a third of all is unseen. */
const pairsPerKind: Record<Part, number> = { seen: 42, unseen: 21 };
const seeds: Record<Part, number> = { seen: 4, unseen: 44 };

/** The wordings and swaps of a part, as they were written. */
export async function readTopics(part: Part): Promise<z.infer<typeof partSchema>> {
  return partSchema.parse(JSON.parse(await readFile(new URL(`data/${part}.json`, import.meta.url), 'utf8')));
}

/** The pairs of a part, the same ones each time. Half of those that differ are reworded too. */
export async function readHardSet(part: Part): Promise<HardSet> {
  const { topics, paraphrases } = await readTopics(part);
  return {
    differing: kindSchema.options.flatMap((kind) =>
      drawPairs(
        topics.filter((topic) => topic.kind === kind),
        part,
      ),
    ),
    same: [
      ...paraphrases.map(([asked, cached]) => ({ asked, cached })),
      ...topics.flatMap(paraphrasesOfTopic),
    ],
  };
}

function drawPairs(topics: readonly Topic[], part: Part): HardPair[] {
  const all = shuffle(topics.flatMap(pairsOfTopic), seeds[part]);
  const count = pairsPerKind[part];
  const reworded = all.filter(({ isReworded }) => isReworded).slice(0, Math.ceil(count / 2));
  const plain = all.filter(({ isReworded }) => !isReworded).slice(0, count - reworded.length);
  return [...plain, ...reworded];
}

function pairsOfTopic({ kind, domain, wordings, swaps }: Topic): HardPair[] {
  return wordings.flatMap((wording) =>
    wordings.flatMap((other) =>
      swaps.map(([one, two]) => ({
        asked: filled(wording, one, two),
        cached: filled(other, two, one),
        kind,
        domain,
        isReworded: wording !== other,
      })),
    ),
  );
}

/** Each wording beside the next one, all with the same filling, and fillings that mean the same in one wording. */
function paraphrasesOfTopic({ wordings, swaps, same }: Topic): QuestionPair[] {
  const reworded = wordings.slice(1).map((wording, index) => {
    const [one, two] = swaps[index % swaps.length] ?? ['', ''];
    return { asked: filled(wording, one, two), cached: filled(wordings[index] ?? '', one, two) };
  });
  const rewritten = same.map(([one, two], index) => {
    const wording = wordings[index % wordings.length] ?? '';
    return { asked: filled(wording, one, two), cached: filled(wording, two, one) };
  });
  return [...reworded, ...rewritten];
}

function filled(wording: string, one: string, two: string): string {
  const text = wording.replaceAll('{x}', one).replaceAll('{a}', one).replaceAll('{b}', two);
  return text.charAt(0).toUpperCase() + text.slice(1);
}
