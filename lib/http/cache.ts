import * as z from 'zod';
import type { DescribeCache } from '../rag/cache/describe.ts';
import type { PurgeCache } from '../rag/cache/purge.ts';
import type { Contract } from './contract.ts';
import { documentId } from './document-id.ts';
import { readBeside } from './read-beside.ts';
import { parseInput } from './request.ts';
import { json, nothing } from './response.ts';
import type { Route } from './router.ts';
import { collection } from './scope.ts';
import { timed } from './timed.ts';

const pattern = /^\/cache\/?$/;

const describeQuery = z.strictObject({ collection });

const purgeQuery = z.strictObject({ collection, document: documentId.optional() });

/** The use cases behind `/cache`. */
export interface CacheRoutesDependencies {
  describeCache: DescribeCache;
  purgeCache: PurgeCache;
}

/** The routes of `/cache`: what it has learnt, and the purge. */
export function createCacheRoutes({ describeCache, purgeCache }: CacheRoutesDependencies): Route[] {
  return [
    {
      method: 'GET',
      pattern,
      contract: describeContract,
      handle: ({ caller, query }) => {
        const { collection } = parseInput(Object.fromEntries(query), describeQuery);
        return timed((options) =>
          readBeside(
            options,
            (options) => caller.permit({ scope: 'admin', collection }, options),
            async (options) => {
              const description = await describeCache(caller.scopeOf(collection), options);
              return json(200, { collection, ...description });
            },
          ),
        );
      },
    },
    {
      method: 'DELETE',
      pattern,
      contract: purgeContract,
      handle: ({ caller, query }) => {
        const { collection, document } = parseInput(Object.fromEntries(query), purgeQuery);
        const target = { scope: caller.scopeOf(collection), ...(document !== undefined && { document }) };
        return timed(async (options) => {
          await caller.permit({ scope: 'admin', collection }, options);
          await purgeCache(target, options);
          return nothing();
        });
      },
    },
  ];
}

function describeContract(): Contract {
  const count = z.int().min(0);
  const share = z.number().min(0);
  const served = z.strictObject({
    isServed: z.literal(true),
    fromAgreement: share.describe('How far neighbours have to agree on an answer.'),
    shareOfQuestions: share,
    errorRate: share,
  });
  const body = z.strictObject({
    collection: z.string(),
    purgedAt: z.iso.datetime().optional(),
    maxErrorRate: share.describe('Share of all questions that similar answers may be wrong for.'),
    learnt: z.strictObject({ questions: count, right: count, wrong: count }),
    similar: z.union([z.strictObject({ isServed: z.literal(false) }), served]),
    refused: z
      .record(z.string(), count)
      .describe('Questions for which the guard refused an answer, by reason.'),
  });
  return {
    path: '/cache',
    operation: 'describeCache',
    summary: 'What the cache of a collection has learnt.',
    parameters: { query: describeQuery },
    responses: { 200: { description: 'The figures.', content: { 'application/json': body } } },
  };
}

function purgeContract(): Contract {
  return {
    path: '/cache',
    operation: 'purgeCache',
    summary:
      'Serves no cached answer of a collection, or none that rests on a document, that was made until now.',
    parameters: { query: purgeQuery },
    responses: { 204: { description: 'Done.' } },
  };
}
