import { afterAll, beforeAll, expect, it } from 'vitest';
import { mapBounded } from '../../lib/async/map-bounded.ts';
import { ask, type Asked } from '../wire/ask-client.ts';
import { cachedAnswers } from '../wire/dynamodb-server.ts';
import { says } from '../wire/model-script.ts';
import { numberIn, questionIn, startScene, type Scene } from './scene.ts';

const questions = 200;

/** What happens to a question, by its number: every second one is well, half of those slow. */
type Fate = 'well' | 'slow' | 'cut' | 'refused' | 'stream-error';
const fates: readonly Fate[] = ['well', 'cut', 'slow', 'refused', 'well', 'stream-error', 'slow', 'cut'];
const fateOf = (number: number): Fate => fates[number % fates.length] ?? 'well';

let scene: Scene;
beforeAll(async () => {
  scene = await startScene();
});
afterAll(() => scene.close());

it('200 questions at once with failures in between never mix', async () => {
  const { script, product, dynamoDb } = scene;
  const { chat } = script;
  // Answers overtake each other at every step.
  script.delaysMs = { Query: 5, SearchVectors: 8, BatchGetItem: 3 };
  script.chat = (body) => {
    const number = numberIn(questionIn(body));
    const own = [`Answer ${number} `, 'from ', `document ${number} [1]`];
    switch (fateOf(number)) {
      case 'slow':
        return { ...says(...own), headersMs: (number % 7) * 5, firstTextMs: 10, textMs: 15 };
      case 'cut':
        return { ...says(...own.slice(0, 2)), textMs: number % 5, end: 'cut' };
      case 'stream-error':
        return { ...says(...own.slice(0, 2)), textMs: 3, end: 'error' };
      case 'refused':
        return { kind: 'refuse', status: 400 };
      default:
        return chat(body);
    }
  };

  const all = await Promise.all(
    Array.from({ length: questions }, (_, number) => ask(product.url, { question: `What is #${number}?` })),
  );

  expect(all.map(outcomeOf)).toEqual(all.map((_, number) => expectedOf(number)));
  expect(new Set(all.map((asked) => asked.headers['x-request-id'])).size).toBe(questions);
  const streamed = all.filter((asked) => asked.sources);
  expect(new Set(streamed.map((asked) => asked.sources?.id)).size).toBe(streamed.length);

  // What was kept is whole, and each under its own question.
  // In such a burst keyword search may run out of its time: an answer made without it is not kept.
  const isKept = (number: number) =>
    ['well', 'slow'].includes(fateOf(number)) && !all[number]!.done?.degraded.includes('keyword');
  const kept = all.filter((_, number) => isKept(number)).length;
  await dynamoDb.log.until(() => cachedAnswers(dynamoDb.items).length === kept);
  scene.script.chat = () => ({ kind: 'refuse', status: 400 });
  const again = await mapBounded(all, { limit: 8, signal: new AbortController().signal }, (_, number) =>
    ask(product.url, { question: `What is #${number}?` }),
  );
  expect(again.map((asked) => asked.text)).toEqual(
    all.map((_, number) => (isKept(number) ? answerOf(number) : '')),
  );
  expect(product.isAlive()).toBe(true);
  expect(product.failures).toEqual([]);
  // All of it is one burst of work, which takes long where others work too.
}, 120_000);

function answerOf(number: number): string {
  return `Answer ${number} from document ${number} [1]`;
}

interface Outcome {
  /** Code of the error that ended it. */
  code: string | undefined;
  /** Documents of its sources. */
  documents: string[];
  /** Whether its text is the beginning of its own answer, and whether it is all of it. */
  isOwn: boolean;
  isWhole: boolean;
  /** Whether the error names the request it is about. */
  namesRequest: boolean;
}

function outcomeOf(asked: Asked, number: number): Outcome {
  // A response starts after 5 s at the latest: on a busy machine even a refusal can come in a stream.
  const error = asked.status === 200 ? asked.error?.error : JSON.parse(asked.body).error;
  return {
    code: error?.code,
    documents: asked.sources?.sources.map((source) => source.document) ?? [],
    isOwn: answerOf(number).startsWith(asked.text),
    isWhole: asked.text === answerOf(number) && asked.done?.finishReason === 'stop',
    namesRequest: error?.requestId === asked.headers['x-request-id'],
  };
}

const codes: Record<Fate, string | undefined> = {
  well: undefined,
  slow: undefined,
  cut: 'answer_cut',
  refused: 'model_rejected',
  'stream-error': 'model_unavailable',
};

function expectedOf(number: number): Outcome {
  const fate = fateOf(number);
  const code = codes[fate];
  const documents = fate === 'refused' ? [] : [`doc-${number}`];
  return { code, documents, isOwn: true, isWhole: !code, namesRequest: Boolean(code) };
}
