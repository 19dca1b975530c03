import * as z from 'zod';
import type { Encoder } from './encoder.ts';
import { invalidRequest } from './errors.ts';

/** The one embedding model, and the length of its vectors. */
export const embeddingModel = 'all-MiniLM-L6-v2';
export const dimensions = 384;

/** Up to so many texts in one request are a question that someone waits for; more are a batch. */
const maxQuestionTexts = 2;

const text = z.string().min(1, 'must not be empty');

/** Body of `POST /v1/embeddings`; fields that make no difference here are let through. */
export const embeddingsSchema = z.object({
  model: z.string(),
  input: z.union([text, z.array(text).min(1).max(2_048)], {
    error: 'must be a text or 1 to 2,048 texts, none of them empty',
  }),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.int().optional(),
});

/** What `POST /v1/embeddings` answers: https://platform.openai.com/docs/api-reference/embeddings/object */
export interface EmbeddingList {
  object: 'list';
  data: { object: 'embedding'; index: number; embedding: number[] | string }[];
  model: string;
  usage: { prompt_tokens: number; total_tokens: number };
}

/** Embeds the texts of a request. Throws ApiError 400 for other dimensions, 503 when too many texts wait. */
export async function embed(
  encoder: Encoder,
  request: z.infer<typeof embeddingsSchema>,
  signal: AbortSignal,
): Promise<EmbeddingList> {
  if (request.dimensions !== undefined && request.dimensions !== dimensions) {
    throw invalidRequest(`dimensions: ${embeddingModel} has ${dimensions} and no other`, 'dimensions');
  }
  const texts = typeof request.input === 'string' ? [request.input] : request.input;
  const lane = texts.length <= maxQuestionTexts ? 'question' : 'batch';
  const vectors = await encoder.encode(texts, { lane, signal });
  const toWire = request.encoding_format === 'base64' ? toBase64 : toNumbers;
  const tokens = texts.reduce((sum, each) => sum + estimateTokens(each), 0);
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({ object: 'embedding', index, embedding: toWire(vector) })),
    model: embeddingModel,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** Tokens of a text, by the 4.2 characters that one has on average. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4.2);
}

/** Little-endian 32-bit floats, as the openai client decodes them. */
function toBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

function toNumbers(vector: Float32Array): number[] {
  return [...vector];
}
