import { createAfterResponse, type AfterResponse } from '../../lib/async/after-response.ts';
import { createAsk, type Ask } from '../../lib/rag/ask/ask.ts';
import type { Admission } from '../../lib/rag/ports/access.ts';
import type { ChatMessage } from '../../lib/rag/ports/models.ts';
import { passageTerms } from '../../lib/rag/retrieve/terms.ts';
import type { DocumentRecord, Metadata, Question, Scope } from '../../lib/rag/types.ts';
import { createFakeLeases } from './answer-leases.ts';
import { createFakeAnswers } from './answer-store.ts';
import { createCalls } from './calls.ts';
import { createFakeChat, finish, type Reply } from './chat.ts';
import { createFakeChunks } from './chunk-store.ts';
import { createFakeDocuments } from './document-store.ts';
import { createFakeEmbeddings, toVector } from './embeddings.ts';
import { createFakeKeywords } from './keyword-index.ts';
import { createFakeServed } from './served-answers.ts';
import { createFakeTelemetry } from './telemetry.ts';

/** The scope that tests ask in, unless they say otherwise. */
export const scope: Scope = 'default/main';

/** A question with what the edge would have filled in. */
export function question(text: string, more: Partial<Question> = {}): Question {
  return { text, scope, history: [], topK: 8, cache: 'use', ...more };
}

/** The flow over fakes that share one recorder. */
export function createWorld(reply: (messages: readonly ChatMessage[]) => Reply = () => ['Yes [1].', finish]) {
  const calls = createCalls();
  const telemetry = createFakeTelemetry();
  const leases = createFakeLeases(calls);
  const ports = {
    leases,
    answers: createFakeAnswers(calls, leases.entries),
    served: createFakeServed(calls),
    embeddings: createFakeEmbeddings(calls),
    chat: createFakeChat(calls, reply),
    chunks: createFakeChunks(calls),
    keywords: createFakeKeywords(calls),
    documents: createFakeDocuments(calls),
  };
  const ask = createAsk({ ...ports, telemetry, maxErrorRate: 0.01 });
  const failures: unknown[] = [];

  /** Puts a document in service, each text a chunk, as an ingestion would. */
  const serve = (
    id: string,
    version: string,
    texts: readonly string[],
    inScope = scope,
    metadata?: Metadata,
  ) => {
    const key = `${inScope} ${id}`;
    const revision = (ports.documents.entries.get(key)?.revision ?? 0) + 1;
    const now = new Date().toISOString();
    const record: DocumentRecord = {
      ...{ id, scope: inScope, version, revision, state: 'ready', title: id, uri: `s3://documents/${id}` },
      ...{ chunks: texts.length, chunksDone: texts.length, attempts: 1, createdAt: now, updatedAt: now },
      ...(metadata && { metadata }),
    };
    ports.documents.entries.set(key, record);
    for (const [number, text] of texts.entries()) {
      const place = { document: id, version, number };
      const chunk = { ...place, title: id, text, headings: [], ...(metadata && { metadata }) };
      ports.chunks.entries.set(`${key} ${version} ${number}`, {
        scope: inScope,
        chunk,
        vector: toVector(text),
        run: revision,
      });
      const terms = passageTerms(chunk);
      ports.keywords.entries.set(`${key} ${version} ${number}`, {
        ...{ scope: inScope, document: id, version, number, terms, run: revision },
      });
    }
  };

  return {
    ...{ calls, telemetry, ask, serve, failures, ...ports },
    /** Another process over the same ports. */
    another: () => createAsk({ ...ports, telemetry, maxErrorRate: 0.01 }),
    /** Asks with generous limits, but for what the test says. */
    start: (text: string, more: Partial<Question> = {}, options: Partial<StartOptions> = {}) => {
      const { signal = new AbortController().signal, budgetMs = 60_000 } = options;
      const afterResponse = options.afterResponse ?? createAfterResponse((error) => failures.push(error));
      const { by = ask, admission } = options;
      const how = { signal, budgetMs, afterResponse, ...(admission && { admission }) };
      const events = by(question(text, more), how);
      return { events, settle: () => afterResponse.settle(1_000) };
    },
  };
}

interface StartOptions {
  signal: AbortSignal;
  budgetMs: number;
  afterResponse: AfterResponse;
  admission: Promise<Admission>;
  /** The process that is asked. */
  by: Ask;
}

export type World = ReturnType<typeof createWorld>;
export type { Ask };
