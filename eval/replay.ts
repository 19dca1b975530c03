import * as z from 'zod';
import { delay } from '../lib/async/delay.ts';
import { createAnswerStore } from '../lib/dynamodb/answers.ts';
import { createDocumentStore } from '../lib/dynamodb/documents.ts';
import { answerIndexName } from '../lib/dynamodb/tables.ts';
import { startLaptopCloud, type LaptopCloud } from '../local/cloud.ts';
import { teachSimilar } from '../test/wire/learnt-counters.ts';
import { lexicalDimensions, lexicalModel, lexicalVariables } from '../test/wire/lexical-model.ts';
import type { ModelScript } from '../test/wire/model-script.ts';
import { startModelWire } from '../test/wire/model-server.ts';
import { createReplayDocuments, scope, type ReplayDocuments } from './replay-documents.ts';

const questions = 1_000;
const askers = 8;
const writers = 4;

/** Each writer changes a document when so many more questions were answered, if the last change is made by then. */
const answersPerChange = 20;

/** The same question in other words, each of which may be answered by what another was. */
const wordings: readonly ((subject: string) => string)[] = [
  (subject) => `What is the code of ${subject}?`,
  (subject) => `What code has ${subject}?`,
  (subject) => `Which code has the ${subject}?`,
];

/** With fewer answers from the cache, or more errors, the run tells nothing. */
const leastCachedShare = 1 / 3;
const leastSimilarShare = 1 / 20;
const mostRefused = 20;

/** How long one answer and the whole run may take, in milliseconds. */
const answerLimitMs = 60_000;
const runLimitMs = 10 * 60_000;

/** Time between two words of the model, so that documents change while answers stream, in milliseconds. */
const wordMs = 5;

const answerSchema = z.object({
  answer: z.string(),
  finishReason: z.string(),
  cached: z.union([z.literal(false), z.enum(['exact', 'similar'])]),
});

/** The lexical model, taking its time. */
const model: ModelScript = {
  ...lexicalModel,
  chat: (body) => {
    const plan = lexicalModel.chat(body);
    return plan.kind === 'chat' ? { ...plan, headersMs: wordMs, textMs: wordMs } : plan;
  },
};

/**
 * Edits, deletes and re-adds documents on the laptop cloud while questions about them are asked with the cache in use.
 * Prints each answer that states what was replaced before its question was asked and a last line with the figures, and
 * returns whether there was none, and whether enough answers came from the cache to tell.
 */
export async function evaluateReplay(): Promise<boolean> {
  const wire = await startModelWire(model);
  const cloud = await startLaptopCloud({
    port: 0,
    environment: lexicalVariables(wire.baseUrl),
    onFailure: (what, error) => process.stderr.write(`${what} failed: ${String(error)}\n`),
  });
  try {
    const store = createDocumentStore(cloud.clients.dynamoDb, cloud.environment.KNOWLEDGE_TABLE);
    const documents = createReplayDocuments(cloud.url, store);
    await Promise.all([documents.fill(), teach(cloud)]);
    const figures: Figures = {
      ...{ asked: 0, answered: 0, stale: 0, exact: 0, similar: 0, declined: 0, refused: 0 },
    };
    const startMs = performance.now();
    await Promise.all([
      ...Array.from({ length: askers }, () => askOn(cloud.url, documents, figures)),
      ...Array.from({ length: writers }, () => changeOn(documents, figures)),
    ]);
    return report(figures, documents, performance.now() - startMs);
  } finally {
    await cloud.close(5_000);
    await wire.close();
  }
}

/** Has the cache know that similar answers are right, or it would take longer to find out than the run does. */
async function teach({ clients, environment }: LaptopCloud): Promise<void> {
  const { ANSWERS_TABLE: table, EMBEDDING_MODEL: model } = environment;
  const index = answerIndexName({ model, dimensions: lexicalDimensions });
  const answers = createAnswerStore(clients.dynamoDb, { table, index });
  await teachSimilar(answers, scope, { signal: AbortSignal.timeout(answerLimitMs) });
}

interface Figures {
  asked: number;
  answered: number;
  stale: number;
  /** Answers from the cache, by tier. */
  exact: number;
  similar: number;
  declined: number;
  /** Questions that got an error instead of an answer, and were asked anew. */
  refused: number;
}

/** Asks one question after another, until enough were answered. */
async function askOn(url: string, documents: ReplayDocuments, figures: Figures): Promise<void> {
  while (figures.asked < questions) {
    figures.asked += 1;
    const subject = documents.subject();
    const atMs = performance.now();
    const wording = wordings[Math.floor(Math.random() * wordings.length)]!;
    const given = await ask(url, wording(subject));
    if (typeof given === 'string') {
      figures.asked -= 1;
      figures.refused += 1;
      if (figures.refused > mostRefused)
        throw new Error(`Too many questions were refused, the last: ${given}`);
      continue;
    }
    const { answer, finishReason, cached } = given;
    figures.answered += 1;
    if (cached !== false) figures[cached] += 1;
    if (finishReason === 'declined') figures.declined += 1;
    if (documents.staleIn(answer, atMs).length === 0) continue;
    figures.stale += 1;
    print(`stale, cached ${cached}: asked about ${subject}, got ${answer}`);
  }
}

/** The answer, or why there is none. */
async function ask(url: string, question: string): Promise<z.infer<typeof answerSchema> | string> {
  const response = await fetch(`${url}/ask`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    // Few sources: what an answer rests on then changes seldom enough for the cache to be of use.
    body: JSON.stringify({ question, topK: 2, stream: false }),
    signal: AbortSignal.timeout(answerLimitMs),
  });
  const body = await response.text();
  return response.ok ? answerSchema.parse(JSON.parse(body)) : `${response.status} ${body}`;
}

/** Changes documents, one after another, as long as questions are asked. */
async function changeOn(documents: ReplayDocuments, figures: Figures): Promise<void> {
  const signal = AbortSignal.timeout(runLimitMs);
  for (let changes = 1; figures.asked < questions; changes += 1) {
    await documents.change();
    while (figures.answered < changes * answersPerChange && figures.asked < questions) {
      await delay(wordMs, { signal });
    }
  }
}

function report(figures: Figures, { changes }: ReplayDocuments, ms: number): boolean {
  const { answered, stale, exact, similar, declined, refused } = figures;
  const tells = exact + similar >= leastCachedShare * answered && similar >= leastSimilarShare * answered;
  print(
    `${changes.edited} edits, ${changes.deleted} deletions and ${changes.readded} re-additions in ` +
      `${(ms / 1_000).toFixed(0)} s, ${askers} askers and ${writers} writers at once`,
  );
  if (!tells) print('Too few answers came from the cache for this to tell anything of it.');
  print(
    `replay stale=${stale} of ${answered}, exact=${exact}, similar=${similar}, declined=${declined}, refused=${refused}`,
  );
  return stale === 0 && tells;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
