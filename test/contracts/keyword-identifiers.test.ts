import { beforeAll, describe, expect, it } from 'vitest';
import { mapBounded } from '../../lib/async/map-bounded.ts';
import { createKeywordIndex } from '../../lib/dynamodb/postings.ts';
import { knowledgeTable } from '../../lib/dynamodb/tables.ts';
import type { KeywordIndex, KeywordPassage } from '../../lib/rag/ports/knowledge.ts';
import { questionTerms } from '../../lib/rag/retrieve/terms.ts';
import type { Scope } from '../../lib/rag/types.ts';
import { embedding, useDynamoDb } from './emulators.ts';
import { passage } from './keyword-index.ts';

const dynamoDb = useDynamoDb();
const scope: Scope = 'acme/main';
const { signal } = new AbortController();

const documents = 30;
const passagesInDocument = 100;
const wordsInPassage = 40;

/** Words that every part of the corpus is about; a few of them stand in most passages. */
const syllables = Array.from('bdfgklmnprst').flatMap((consonant) =>
  Array.from('aeiou', (vowel) => consonant + vowel),
);
const words = Array.from(
  { length: 300 },
  (_, n) => `${syllables[n % 60]}${syllables[(n * 7 + 3) % 60]}${syllables[Math.floor(n / 60)]}k`,
);
const word = (n: number) => words[n % words.length] ?? '';

/** What stands in the `n`th passage and nowhere else, and beside it in others what differs by one character. */
const kinds: Readonly<Record<string, (n: number) => string>> = {
  'error codes': (n) => `${'EFW'.charAt(Math.floor(n / 6) % 3)}${10_000 + Math.floor(n / 18)}`,
  'error names': (n) => `ERR_${word(n)}_${word(n + 1 + Math.floor(n / 300))}`.toUpperCase(),
  'part numbers': (n) => `AB-${100 + Math.floor(n / 18)}/${Math.floor(n / 6) % 3}`,
  'names in snake case': (n) => `${word(n + 5)}_${word(n + 7 + Math.floor(n / 300))}`,
  'names in camel case': (n) => {
    const second = word(n + 9 + Math.floor(n / 300));
    return `${word(n + 3)}${second.charAt(0).toUpperCase()}${second.slice(1)}`;
  },
  versions: (n) => `v${Math.floor(n / 400)}.${Math.floor(n / 20) % 20}.${n % 20}`,
};
const names = Object.keys(kinds);
const identifierOf = (n: number) => kinds[names[n % names.length] ?? '']?.(n) ?? '';

/** Prose that is the same in every run, each passage with one identifier. */
function corpus(): KeywordPassage[][] {
  let state = 1;
  const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  return Array.from({ length: documents }, (_, document) =>
    Array.from({ length: passagesInDocument }, (_, number) => {
      const prose = Array.from({ length: wordsInPassage }, () =>
        word(Math.floor(words.length * random() ** 2)),
      );
      prose[wordsInPassage / 2] += ` ${identifierOf(document * passagesInDocument + number)},`;
      return passage(number, prose.join(' '));
    }),
  );
}

describe('an identifier among three thousand passages', () => {
  let index: KeywordIndex;
  beforeAll(async () => {
    index = createKeywordIndex(dynamoDb.client(), await dynamoDb.table(knowledgeTable(embedding)));
    await mapBounded(corpus(), { limit: 4, signal }, (passages, at, signal) =>
      index.put({ scope, document: `d${at}`, version: 'v1', revision: 0 }, passages, { signal }),
    );
  }, 120_000);

  it.each(names)('comes first by itself and amid common words: %s', async (name) => {
    const numbers = Array.from({ length: 8 }, (_, at) => names.indexOf(name) + names.length * (3 + at * 61));
    for (const n of numbers) {
      const identifier = identifierOf(n);
      const asked = [
        identifier,
        `\`${identifier.toLowerCase()}\``,
        `What is the ${word(0)} of ${identifier}, and which ${word(1)} ${word(2)} does ${word(4)} need?`,
      ];
      for (const question of asked) {
        const query = { scope, terms: questionTerms(question), limit: 16 };
        const [first] = await index.search(query, { signal });
        const found = first && Number(first.document.slice(1)) * passagesInDocument + first.number;
        expect([question, found]).toEqual([question, n]);
      }
    }
  });
});
