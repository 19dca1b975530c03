import type { AttributeDefinition, CreateTableCommandInput, VectorIndex } from '@aws-sdk/client-dynamodb';

/** What a table is made of, in DynamoDB's own words: the CDK stack and the laptop create tables from the same value. */
export type TableSpec = Omit<CreateTableCommandInput, 'TableName'> & {
  /** Attribute that holds the expiry in seconds since 1970, where items expire. */
  expiresAttribute?: string;
};

/** Filter slots of the chunk index. An index cannot be changed later, so all of them are declared from the start. */
export const filterSlots: readonly string[] = ['f1', 'f2', 'f3', 'f4', 'f5', 'f6', 'f7', 'f8'];

/** GSI that lists a scope's documents by when they last changed. */
export const recentIndex = 'recent';

/** What vectors are made by: two vectors of which one differs cannot be compared. */
export interface Embedding {
  model: string;
  dimensions: number;
}

/**
 * Name of the chunk index, after its model and dimensions, and of the attribute that holds its vectors: another model is
 * another index and another attribute, so that a chunk can carry the vectors of two models while it moves.
 */
export function chunkIndexName(embedding: Embedding): string {
  return `chunks-${embeddingName(embedding)}`;
}

/** Model and dimensions, in the letters that the name of an index may have. */
export function embeddingName({ model, dimensions }: Embedding): string {
  const slug = model
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 80);
  return `${slug}-${dimensions}`;
}

/** The vector index of chunks. Nothing of it can be changed later. */
export function chunkIndex(embedding: Embedding): VectorIndex {
  return {
    IndexName: chunkIndexName(embedding),
    VectorAttribute: { AttributeName: chunkIndexName(embedding) },
    Dimensions: embedding.dimensions,
    DistanceFunction: 'COSINE',
    SearchSchema: [
      { AttributeName: 'scope', SearchSchemaElementType: 'HASH' },
      ...filterSlots.map((slot) => ({
        AttributeName: slot,
        SearchSchemaElementType: 'INLINE_FILTER' as const,
      })),
    ],
    Projection: {
      ProjectionType: 'INCLUDE',
      NonKeyAttributes: [
        ...['document', 'version', 'number', 'title', 'text', 'headings', 'page', 'line'],
        'metadata',
      ],
    },
  };
}

/** Attributes that `chunkIndex` names: whoever adds an index declares them anew. */
export const chunkIndexAttributes: readonly AttributeDefinition[] = [
  { AttributeName: 'scope', AttributeType: 'S' },
  ...filterSlots.map((slot) => ({ AttributeName: slot, AttributeType: 'S' as const })),
];

/** Documents, and their chunks with a vector index for each of the embeddings: more than one only during a move. */
export function knowledgeTable(...embeddings: [Embedding, ...Embedding[]]): TableSpec {
  return {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'recentScope', AttributeType: 'S' },
      { AttributeName: 'updatedAt', AttributeType: 'S' },
      ...chunkIndexAttributes,
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: recentIndex,
        KeySchema: [
          { AttributeName: 'recentScope', KeyType: 'HASH' },
          { AttributeName: 'updatedAt', KeyType: 'RANGE' },
        ],
        // The whole records would make a question's read of a hundred three times as dear.
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['version'] },
      },
    ],
    VectorIndexes: embeddings.map(chunkIndex),
    expiresAttribute: 'expiresAt',
  };
}

/** Name of the index of cached answers, after model and dimensions of their questions' vectors. */
export function answerIndexName(embedding: Embedding): string {
  return `answers-${embeddingName(embedding)}`;
}

/**
 * Cached answers, found by their key and by their questions' vectors, with an index for each of the embeddings; with leases,
 * states and what was served.
 */
export function answersTable(...embeddings: [Embedding, ...Embedding[]]): TableSpec {
  return {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'scope', AttributeType: 'S' },
      { AttributeName: 'shape', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    VectorIndexes: embeddings.map((embedding) => ({
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
        NonKeyAttributes: ['question', 'groups', 'right', 'wrong', 'createdAt', 'versions', 'expiresAt'],
      },
    })),
    expiresAttribute: 'expiresAt',
  };
}

/** What callers may do and have done: keys, their limits and budgets, jobs, and the logs of answers that run. */
export function controlTable(): TableSpec {
  return {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    expiresAttribute: 'expiresAt',
  };
}
