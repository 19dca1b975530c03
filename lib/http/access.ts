import type { Admission } from '../rag/ports/access.ts';
import type { HttpCaller } from './caller.ts';
import type { Identified, Identify } from './router.ts';

const free: Admission = { settle: async () => {} };

const anybody: HttpCaller = {
  tenant: 'default',
  scopeOf: (collection) => `default/${collection}`,
  permit: async () => {},
  collections: async () => undefined,
  admit: async () => free,
};

const unlimited: Identified = { caller: anybody, headers: () => ({}) };

/** Without keys everybody is the same tenant, who may do everything without limits. */
export const identifyAnybody: Identify = () => unlimited;
