import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createAfterResponse } from '../../lib/async/after-response.ts';
import { createAnswerLeases } from '../../lib/dynamodb/answer-leases.ts';
import { createAnswerStore } from '../../lib/dynamodb/answers.ts';
import { createChunkStore } from '../../lib/dynamodb/chunks.ts';
import { createDynamoDb } from '../../lib/dynamodb/client.ts';
import { createDocumentStore } from '../../lib/dynamodb/documents.ts';
import { createKeywordIndex } from '../../lib/dynamodb/postings.ts';
import { createServedAnswers } from '../../lib/dynamodb/served-answers.ts';
import { answerIndexName, answersTable, chunkIndexName, knowledgeTable } from '../../lib/dynamodb/tables.ts';
import { createChat } from '../../lib/openai/chat.ts';
import { createOpenAi } from '../../lib/openai/client.ts';
import { createEmbeddings } from '../../lib/openai/embeddings.ts';
import { createAsk, type Ask } from '../../lib/rag/ask/ask.ts';
import type { Question, Scope } from '../../lib/rag/types.ts';
import { startDynamoDb } from '../../local/dynamodb/server.ts';
import { collect, type Collected } from '../fakes/collect.ts';
import { createFakeTelemetry } from '../fakes/telemetry.ts';
import { teachSimilar } from '../wire/learnt-counters.ts';
import { lexicalDimensions, lexicalModel } from '../wire/lexical-model.ts';
import type { ModelScript } from '../wire/model-script.ts';
import { startModelWire, type ModelWire } from '../wire/model-server.ts';
import { startCacheWire, well } from './cache-wire.ts';

const embedding = { model: 'lexical-words', dimensions: lexicalDimensions };

/** Names of the tables, and of the index of answers. */
export const tables = { knowledge: 'knowledge', answers: 'answers', index: answerIndexName(embedding) };

const { signal: forever } = new AbortController();

/** For calls that nothing ends. */
export const options = { signal: forever };

/** A question as it was asked: its answer, all of it read, and what is left to do after it. */
export interface AskedHere {
  answer: Promise<Collected>;
  settle: () => Promise<void>;
}

/** How a question is asked, where it is not asked as most are. */
export interface HowAsked extends Partial<Pick<Question, 'topK' | 'cache'>> {
  /** How long what is left to do after the answer may take; more than it ever does if absent. */
  settleMs?: number;
  /** The process that is asked. */
  by?: Ask;
  signal?: AbortSignal;
  budgetMs?: number;
}

export type CacheDesk = Awaited<ReturnType<typeof openCacheDesk>>;

/**
 * Questions over the adapters as they are deployed and the local DynamoDB, with a wire in between on which the answers' table
 * can fail, and the lexical model. The SDK finds it by the process's environment, so one a process.
 */
export async function openCacheDesk() {
  const script: ModelScript = { ...lexicalModel };
  const dynamoDb = await startDynamoDb();
  const model = await startModelWire({
    embeddings: (body) => script.embeddings(body),
    chat: (body) => script.chat(body),
  });
  const wire = await startCacheWire(dynamoDb.endpoint, tables.answers);
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: 'us-east-1',
  });
  const direct = createClient(dynamoDb.endpoint);
  const client = createClient(wire.endpoint);
  await createTables(direct);

  const telemetry = createFakeTelemetry();
  const failures: unknown[] = [];
  const cache = cacheOver(direct);
  const knowledge = knowledgeOver(direct);
  const newProcess = () => createProcess(client, model, telemetry);
  const here = newProcess();

  return {
    ...{ script, model, wire, telemetry, failures, direct, newProcess },
    /** The answers' table and the documents, not over the wire that fails. */
    ...{ cache, documents: knowledge.documents },
    /** Puts a text in service, as an ingestion would. */
    serve: async (scope: Scope, id: string, text: string) => {
      const passage = { number: 0, title: id, text, headings: [] };
      const vector = toVector(script, text);
      const version = 'v1';
      await knowledge.chunks.put(
        { scope, revision: 0 },
        [{ chunk: { ...passage, document: id, version }, vector }],
        options,
      );
      await knowledge.keywords.put({ scope, document: id, version, revision: 0 }, [passage], options);
      const ready = {
        version,
        title: id,
        contentType: 'text/plain',
        size: text.length,
        etag: 'e',
        chunks: 1,
      };
      await knowledge.documents.makeCurrent({ scope, id, uri: `s3://documents/${id}` }, 0, ready, options);
    },
    /** Has the cache of a scope learnt enough to serve answers to similar questions. */
    teach: (scope: Scope) => teachSimilar(cache.answers, scope, options),
    ask: (scope: Scope, text: string, how: HowAsked = {}): AskedHere => {
      const { by = here, signal = forever, budgetMs = 60_000, settleMs = 20_000, ...more } = how;
      const afterResponse = createAfterResponse((error) => failures.push(error));
      const question: Question = { text, scope, history: [], topK: 8, cache: 'use', ...more };
      const answer = collect(by(question, { signal, budgetMs, afterResponse }));
      answer.catch(() => {});
      return { answer, settle: () => afterResponse.settle(settleMs) };
    },
    /** Everything is well again, and nothing was seen yet. */
    reset: () => {
      wire.behave(well);
      Object.assign(script, lexicalModel);
      for (const { log } of [wire, model]) log.clear();
      for (const list of [failures, telemetry.reports, telemetry.gaveUp, telemetry.failures]) list.length = 0;
    },
    close: async () => {
      direct.destroy();
      client.destroy();
      await Promise.all([wire.close(), model.close()]);
      await dynamoDb.close();
    },
  };
}

function createClient(endpoint: string): DynamoDBClient {
  process.env['AWS_ENDPOINT_URL_DYNAMODB'] = endpoint;
  return createDynamoDb();
}

async function createTables(client: DynamoDBClient): Promise<void> {
  const specs = [
    [tables.knowledge, knowledgeTable(embedding)],
    [tables.answers, answersTable(embedding)],
  ] as const;
  for (const [TableName, { expiresAttribute: _, ...spec }] of specs) {
    await client.send(new CreateTableCommand({ ...spec, TableName }));
  }
}

function cacheOver(client: DynamoDBClient) {
  return {
    answers: createAnswerStore(client, { table: tables.answers, index: tables.index }),
    leases: createAnswerLeases(client, tables.answers),
    served: createServedAnswers(client, tables.answers),
  };
}

function knowledgeOver(client: DynamoDBClient) {
  return {
    documents: createDocumentStore(client, tables.knowledge),
    chunks: createChunkStore(client, { table: tables.knowledge, index: chunkIndexName(embedding) }),
    keywords: createKeywordIndex(client, tables.knowledge),
  };
}

function createProcess(
  client: DynamoDBClient,
  model: ModelWire,
  telemetry: ReturnType<typeof createFakeTelemetry>,
): Ask {
  const openAi = createOpenAi({ baseUrl: model.baseUrl, apiKey: async () => 'wire' });
  return createAsk({
    ...cacheOver(client),
    ...knowledgeOver(client),
    embeddings: createEmbeddings(openAi, embedding),
    chat: createChat(openAi, 'lexical'),
    telemetry,
    maxErrorRate: 0.01,
  });
}

function toVector(script: ModelScript, text: string): Float32Array {
  const plan = script.embeddings({ model: embedding.model, input: [text] });
  if (plan.kind !== 'embed') throw new Error('The model embeds nothing.');
  return plan.vectors[0]!;
}
