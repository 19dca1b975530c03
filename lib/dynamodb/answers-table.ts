import { embeddingName, type Embedding, type TableSpec } from './tables.ts';

/** Name of the index of cached answers, after model and dimensions of their questions' vectors. */
export function answerIndexName(embedding: Embedding): string {
  return `answers-${embeddingName(embedding)}`;
}

/** Cached answers, found by their key and by their questions' vectors; with leases, states and what was served. */
export function answersTable(embedding: Embedding): TableSpec {
  return {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'scope', AttributeType: 'S' },
      { AttributeName: 'shape', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    VectorIndexes: [
      {
        IndexName: answerIndexName(embedding),
        VectorAttribute: { AttributeName: answerIndexName(embedding) },
        Dimensions: embedding.dimensions,
        DistanceFunction: 'COSINE',
        SearchSchema: [
          { AttributeName: 'scope', SearchSchemaElementType: 'HASH' },
          { AttributeName: 'shape', SearchSchemaElementType: 'INLINE_FILTER' },
        ],
        // What decides whether an answer will do; the answer itself is read by its key.
        Projection: {
          ProjectionType: 'INCLUDE',
          NonKeyAttributes: ['question', 'group', 'right', 'wrong', 'createdAt', 'versions', 'expiresAt'],
        },
      },
    ],
    expiresAttribute: 'expiresAt',
  };
}
