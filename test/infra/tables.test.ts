import { describe, expect, it } from 'vitest';
import { answersTable, controlTable, knowledgeTable, type TableSpec } from '../../lib/dynamodb/tables.ts';
import { only, synthesise } from './synthesise.ts';

const { data } = synthesise({ embeddingModel: 'nomic-embed-text', embeddingDimensions: '768' });
const knowledge = only(data, 'AWS::DynamoDB::Table', 'Knowledge');
const answers = only(data, 'AWS::DynamoDB::Table', 'Answers');
const control = only(data, 'AWS::DynamoDB::Table', 'Control');
const embedding = { model: 'nomic-embed-text', dimensions: 768 };
const specification = knowledgeTable(embedding);

/** Every attribute that a key or a search of the table names. */
function namedAttributes(table: TableSpec): Set<string | undefined> {
  const schemas = [
    ...(table.KeySchema ?? []),
    ...(table.GlobalSecondaryIndexes ?? []).flatMap((index) => index.KeySchema ?? []),
    ...(table.VectorIndexes ?? []).flatMap((index) => index.SearchSchema ?? []),
  ];
  return new Set(schemas.map(({ AttributeName }) => AttributeName));
}

describe('the tables', () => {
  it.each([
    ['knowledge', knowledge, specification],
    ['answers', answers, answersTable(embedding)],
    ['control', control, controlTable()],
  ])('%s is the one the laptop creates', (_, table, { expiresAttribute, ...words }) => {
    expect(table.Properties).toMatchObject(words);
    expect(table.Properties['TimeToLiveSpecification']).toEqual({
      AttributeName: expiresAttribute,
      Enabled: true,
    });
  });

  it('search chunks by their vectors, within a scope, filtered by eight slots', () => {
    const [index, ...others] = knowledge.Properties['VectorIndexes'] as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(index).toMatchObject({
      IndexName: 'chunks-nomic-embed-text-768',
      VectorAttribute: { AttributeName: 'chunks-nomic-embed-text-768' },
      Dimensions: 768,
      DistanceFunction: 'COSINE',
      SearchSchema: [
        { AttributeName: 'scope', SearchSchemaElementType: 'HASH' },
        ...[1, 2, 3, 4, 5, 6, 7, 8].map((slot) => ({
          AttributeName: `f${slot}`,
          SearchSchemaElementType: 'INLINE_FILTER',
        })),
      ],
    });
  });

  it('search answers by the vectors of their questions, within a scope and a shape, without their texts', () => {
    const [index, ...others] = answers.Properties['VectorIndexes'] as Record<string, unknown>[];
    expect(others).toEqual([]);
    expect(index).toMatchObject({
      IndexName: 'answers-nomic-embed-text-768',
      VectorAttribute: { AttributeName: 'answers-nomic-embed-text-768' },
      Dimensions: 768,
      DistanceFunction: 'COSINE',
      SearchSchema: [
        { AttributeName: 'scope', SearchSchemaElementType: 'HASH' },
        { AttributeName: 'shape', SearchSchemaElementType: 'INLINE_FILTER' },
      ],
    });
    expect(JSON.stringify(index?.['Projection'])).not.toContain('"answer"');
  });

  // The validation at synth does not know vector indexes, so its rule on attributes is switched off for them.
  it.each([
    ['knowledge', specification],
    ['answers', answersTable(embedding)],
    ['control', controlTable()],
  ])('%s defines exactly the attributes it names', (_, table) => {
    const defined = (table.AttributeDefinitions ?? []).map(({ AttributeName }) => AttributeName);
    expect(new Set(defined)).toEqual(namedAttributes(table));
    expect(defined).toHaveLength(new Set(defined).size);
  });

  it('outlive their stack', () => {
    for (const table of [knowledge, answers, control]) {
      expect(table.DeletionPolicy).toBe('Retain');
      expect(table.Properties['DeletionProtectionEnabled']).toBe(true);
    }
    expect(knowledge.Properties['PointInTimeRecoverySpecification']).toEqual({
      PointInTimeRecoveryEnabled: true,
    });
  });
});

it('have the indexes of two models while one takes over from the other, and the API may search both', () => {
  const before = { previousEmbeddingModel: 'old', previousEmbeddingDimensions: '4' };
  const both = synthesise({ ...before, embeddingModel: 'young', embeddingDimensions: '8' });
  const namesOf = (prefix: string) => {
    const table = only(both.data, 'AWS::DynamoDB::Table', prefix);
    return (table.Properties['VectorIndexes'] as { IndexName: string }[]).map(({ IndexName }) => IndexName);
  };
  expect(namesOf('Knowledge')).toEqual(['chunks-young-8', 'chunks-old-4']);
  expect(namesOf('Answers')).toEqual(['answers-young-8', 'answers-old-4']);
  const roles = JSON.stringify(both.service.toJSON());
  for (const name of [...namesOf('Knowledge'), ...namesOf('Answers')])
    expect(roles).toContain(`/index/${name}`);
  expect(roles).toContain('"EMBEDDING_MODEL":"young"');
});
