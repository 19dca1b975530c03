import * as z from 'zod';
import { RagError } from '../rag/errors.ts';
import type { Passage, ReadPassage } from '../rag/retrieve/read-passage.ts';
import type { Contract } from './contract.ts';
import { targetQuery } from './document-contracts.ts';
import { documentId } from './document-id.ts';
import { readBeside } from './read-beside.ts';
import { parseInput } from './request.ts';
import { json } from './response.ts';
import type { Route } from './router.ts';
import { timed } from './timed.ts';
import { wholeNumberText } from './whole-number.ts';

/** The use case behind the route. */
export interface PassageRouteDependencies {
  readPassage: ReadPassage;
}

const passagePath = z.object({ id: documentId, number: wholeNumberText(0, 999_999) });

/** `GET /documents/{id}/chunks/{number}`: the passage behind a citation, as the document is now. */
export function createPassageRoute({ readPassage }: PassageRouteDependencies): Route {
  return {
    method: 'GET',
    pattern: /^\/documents\/(?<id>.+)\/chunks\/(?<number>\d+)$/,
    contract,
    handle: ({ caller, query }, parameters) => {
      const { collection } = parseInput(Object.fromEntries(query), targetQuery);
      const { id: document, number } = parseInput(parameters, passagePath);
      const place = { scope: caller.scopeOf(collection), document, number };
      // Who may ask may see what the answers are made of.
      const permit = { scope: 'ask', collection } as const;
      return timed(async (options) => {
        const passage = await readBeside(
          options,
          (options) => caller.permit(permit, options),
          (options) => readPassage(place, options),
        );
        if (passage) return json(200, toView(passage));
        throw new RagError('not_found', 'The document, as it is now, has no such passage.');
      });
    },
  };
}

function toView({ number, count, ...passage }: Passage): Record<string, unknown> {
  return { ...passage, chunk: number, chunks: count };
}

function contract(): Contract {
  const body = z.strictObject({
    document: z.string(),
    title: z.string(),
    uri: z.string(),
    chunk: z.int().min(0).describe('Position of the passage in its document, from 0.'),
    chunks: z.int().min(1).describe('How many passages the document has.'),
    headings: z.array(z.string()).describe('Outermost first.'),
    page: z.int().min(1).optional(),
    line: z.int().min(1).optional(),
    text: z.string(),
  });
  return {
    path: '/documents/{id}/chunks/{number}',
    operation: 'getPassage',
    summary: 'A passage of a document as it is now, such as the one behind a citation.',
    parameters: { path: passagePath, query: targetQuery },
    responses: { 200: { description: 'The passage.', content: { 'application/json': body } } },
  };
}
