import * as z from 'zod';
import type { DescribeCache } from '../rag/cache/describe.ts';
import type { PurgeCache } from '../rag/cache/purge.ts';
import { documentId } from './document-id.ts';
import { parseInput } from './request.ts';
import { json, nothing } from './response.ts';
import type { Route } from './router.ts';
import { collection, scopeOf } from './scope.ts';
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
      handle: (request) => {
        const query = parseInput(Object.fromEntries(request.query), describeQuery);
        return timed(async (options) => {
          const description = await describeCache(scopeOf(query.collection), options);
          return json(200, { collection: query.collection, ...description });
        });
      },
    },
    {
      method: 'DELETE',
      pattern,
      handle: (request) => {
        const { collection, document } = parseInput(Object.fromEntries(request.query), purgeQuery);
        const target = { scope: scopeOf(collection), ...(document !== undefined && { document }) };
        return timed(async (options) => {
          await purgeCache(target, options);
          return nothing();
        });
      },
    },
  ];
}
