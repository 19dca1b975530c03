import type { Usage } from '../types.ts';
import type { CallOptions } from './call.ts';

/** Texts to unit vectors. */
export interface Embeddings {
  readonly model: string;
  /** Length of every vector. */
  readonly dimensions: number;
  /** One vector a text, in order. Throws RagError `model_*`, or `index_mismatch` for vectors of another length. */
  embed(texts: readonly string[], options: CallOptions): Promise<Float32Array[]>;
}

/** A part of a generated answer. A stream that ends without `finish` was cut. */
export type ChatPart =
  | { type: 'text'; text: string }
  | { type: 'finish'; reason: 'stop' | 'length' | 'filtered'; usage: Usage };

/** A message of a prompt. */
export interface ChatMessage {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

/** An answer that a model has begun. */
export interface ChatStream {
  /** The model that serves this stream; with several providers, the provider too. May change until the first part. */
  readonly servedBy: string;
  /** Whether another serves than the one that is preferred. May change until the first part. */
  readonly isStandIn?: boolean | undefined;
  /** What others have used that accepted before and then failed, as far as it is known. */
  readonly spent?: Usage | undefined;
  /** To be read once; ending the iteration early ends the call upstream. */
  parts: AsyncIterable<ChatPart>;
}

/** How much one call may use; as much as it takes where that is absent. */
export interface OpenOptions extends CallOptions {
  /** Tokens of an answer at most, those that a model only thinks included. Told to those that can be told. */
  maxTokens?: number | undefined;
  /** How many models may have accepted the prompt in the end, one after the other. */
  maxPrompts?: number | undefined;
}

/** A model that answers. */
export interface ChatModel {
  readonly model: string;
  /** Resolves when the model has accepted the request (its response headers). Throws RagError `model_*`. */
  open(messages: readonly ChatMessage[], options: OpenOptions): Promise<ChatStream>;
}

/** A model that reads question and text together, which tells more than two vectors that never met. */
export interface Reranker {
  /** How well each text answers the query, in the texts' order; higher is better. Throws RagError `model_*`. */
  rerank(query: string, texts: readonly string[], options: CallOptions): Promise<number[]>;
}
