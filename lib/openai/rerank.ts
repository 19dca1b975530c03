import { APIError } from 'openai';
import { RagError } from '../rag/errors.ts';
import type { Reranker } from '../rag/ports/models.ts';
import { callModel } from './client.ts';
import { modelFetch } from './fetch.ts';

export interface RerankerOptions {
  /** The endpoint itself: `http://localhost:8000/v2/rerank`. */
  url: string;
  /** A server with one model needs no name. */
  model?: string | undefined;
  /** Called before every request, so that a rotated key is picked up; without it none is shown. */
  apiKey?: (() => Promise<string>) | undefined;
}

/** A reranking model behind any endpoint of the form that Cohere and Jina share (https://docs.cohere.com/reference/rerank). */
export function createReranker({ url, model, apiKey }: RerankerOptions): Reranker {
  return {
    rerank: async (query, texts, { signal }) => {
      // As in chat.ts: a document may hold what servers refuse.
      const documents = texts.map((text) => text.toWellFormed());
      const body = JSON.stringify({ model, query, documents, top_n: texts.length });
      const answer = await callModel(signal, async () => {
        const headers = {
          'content-type': 'application/json',
          ...(apiKey && { authorization: `Bearer ${await apiKey()}` }),
        };
        const response = await modelFetch(url, { method: 'POST', headers, body, signal });
        if (!response.ok) throw APIError.generate(response.status, undefined, undefined, response.headers);
        return parse(await response.text());
      });
      return toScores(answer, texts.length);
    },
  };
}

interface Answer {
  results?: { index?: unknown; relevance_score?: unknown }[];
}

function parse(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch (cause) {
    throw rejected(cause);
  }
}

/** Scores in the texts' order; the answer has them best first. */
function toScores(answer: Answer | undefined, count: number): number[] {
  const scores = new Map<unknown, number>();
  for (const result of Array.isArray(answer?.results) ? answer.results : []) {
    const score = result?.relevance_score;
    if (typeof score === 'number') scores.set(result.index, score);
  }
  return Array.from({ length: count }, (_, index) => {
    const score = scores.get(index);
    if (score === undefined) throw rejected();
    return score;
  });
}

function rejected(cause?: unknown): RagError {
  return new RagError('model_rejected', 'The reranking model did not score every text.', { cause });
}
