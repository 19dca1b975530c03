/** Both wire servers in a process of their own, with the script of the benchmarks. It ends with its parent. */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { startDynamoDbWire } from './dynamodb-server.ts';
import { chunkItem, documentItem, figureItem, postingItem, recentItem } from './knowledge.ts';
import { startModelWire } from './model-server.ts';
import { dimensions } from './product-environment.ts';
import type { Span, WireDelays, WireOrder, WireReport } from './start-wire.ts';

/** Text of about 1.9 KB, as long as chunks are. */
const text = 'The keeper of the lighthouse writes the weather into the log before the watch changes. '.repeat(
  22,
);
const documents = ['handbook.md', 'guide.md', 'manual.pdf', 'faq.md'];
const recent = Array.from({ length: 100 }, (_, n) => recentItem(documents[n] ?? `notes/${n}.md`));
/** Of each term, every document of the recent ones holds a few: more than a question reads the texts of. */
const postings = (term: string) =>
  [...documents, ...Array.from({ length: 60 }, (_, n) => `notes/${n + 4}.md`)].map((document) =>
    postingItem(term, document, [0, 3, 7]),
  );
const vector = Float32Array.from({ length: dimensions }, (_, n) => Math.sin(n + 1) / 16);

const [{ delaysMs, tokens, tags }] = (await once(process, 'message')) as [WireDelays];
const hits = Array.from({ length: 100 }, (_, n) => ({
  Item: chunkItem(documents[n % documents.length] ?? '', n, text, tags),
  Score: 0.1 + n / 100,
}));
const texts = Array.from({ length: tokens }, (_, n) => (n === 0 ? 'The log [1]' : ` word${n}`));
/** While answers are held: how they go on. */
let held: ReturnType<typeof hold> | undefined;

/** A stop after the first text until `release`, then a text every `wordMs`, and the last one after anything up to `spreadMs`. */
function hold(wordMs: number) {
  const { promise: released, resolve: release } = Promise.withResolvers<{ spreadMs: number }>();
  const turn = async (index: number) => {
    if (index === 0) return;
    const { spreadMs } = await released;
    if (index === 1) await wait(Math.random() * wordMs);
    else if (index === tokens - 1) await wait(Math.random() * spreadMs);
    else await wait(wordMs);
  };
  return { turn, release };
}

const model = await startModelWire({
  embeddings: () => ({ kind: 'embed', delayMs: delaysMs.embedding, vectors: [vector] }),
  chat: () => ({
    kind: 'chat',
    headersMs: delaysMs.firstToken,
    firstTextMs: 0,
    textMs: 0,
    texts,
    end: 'stop',
    ...(held && { turn: held.turn }),
  }),
});
const dynamoDb = await startDynamoDbWire({
  delaysMs: {
    GetItem: delaysMs.cache,
    BatchGetItem: delaysMs.cache,
    UpdateItem: delaysMs.cache,
    Query: delaysMs.documents,
    SearchVectors: delaysMs.search,
  },
  search: (_, limit) => hits.slice(0, limit),
  document: documentItem,
  recent: () => recent,
  postings,
  figure: (term) => figureItem(term, term === '' ? 10_000 : 192),
  chunk: (document, place) => chunkItem(document, Number(place.split('#')[1]), text, tags),
});

function report(message: WireReport): void {
  process.send?.(message);
}

process.on('message', (order: Exclude<WireOrder, WireDelays>) => {
  if (order === 'spans') return report({ type: 'spans', spans: takeSpans() });
  if ('release' in order) {
    held?.release(order.release);
    held = undefined;
    return report({ type: 'released' });
  }
  held = hold(order.hold.wordMs);
  report({ type: 'held' });
});
process.once('disconnect', () => process.exit());
report({ type: 'ready', openAiBaseUrl: model.baseUrl, dynamoDbEndpoint: dynamoDb.endpoint });

/** Of the calls since the last time. */
function takeSpans(): Span[] {
  const spans = [...model.log.calls, ...dynamoDb.log.calls].map((call) => ({
    name: call.name,
    ms: (call.firstByteMs ?? Number.NaN) - call.openedMs,
  }));
  model.log.clear();
  dynamoDb.log.clear();
  return spans;
}
