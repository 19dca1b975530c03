import type OpenAI from 'openai';
import { RagError } from '../rag/errors.ts';
import type { Embeddings } from '../rag/ports/models.ts';
import { callModel } from './client.ts';

/** An embedding model behind any OpenAI-compatible `/embeddings`. */
export function createEmbeddings(
  client: OpenAI,
  { model, dimensions }: { model: string; dimensions: number },
): Embeddings {
  // Other models refuse the parameter (https://platform.openai.com/docs/api-reference/embeddings/create).
  const shortened = model.startsWith('text-embedding-3') ? { dimensions } : {};
  return {
    model,
    dimensions,
    embed: async (texts, { signal }) => {
      // As in chat.ts: a document may hold what servers refuse.
      const input = texts.map((text) => text.toWellFormed());
      const response = await callModel(signal, () =>
        client.embeddings.create({ model, input, encoding_format: 'base64', ...shortened }, { signal }),
      );
      // A server that is no embeddings API can answer anything at all.
      const data = Array.isArray(response?.data) ? response.data : [];
      const vectors = data.toSorted((a, b) => a.index - b.index).map(toVector);
      if (vectors.length !== texts.length) {
        throw new RagError('model_rejected', 'The embedding model did not return one vector for each text.');
      }
      for (const vector of vectors) checkLength(vector, model, dimensions);
      return vectors;
    },
  };
}

// base64 is a quarter of the size of JSON numbers; servers that do not know it send numbers all the same.
function toVector({ embedding }: { embedding: number[] | string }): Float32Array {
  if (typeof embedding !== 'string') return Float32Array.from(embedding);
  const bytes = Buffer.from(embedding, 'base64');
  const end = bytes.byteOffset + bytes.length - (bytes.length % Float32Array.BYTES_PER_ELEMENT);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, end));
}

function checkLength(vector: Float32Array, model: string, dimensions: number): void {
  if (vector.length === dimensions) return;
  throw new RagError(
    'index_mismatch',
    `${model} returns vectors of ${vector.length} dimensions, but EMBEDDING_DIMENSIONS is ${dimensions}.`,
  );
}
