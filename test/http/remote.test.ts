import { describe } from 'vitest';
import { describeHttp } from './describe-http.ts';

/** Address of a deployed stack's function URL, or of any running server. */
const url = process.env['TEST_URL']?.replace(/\/$/, '');

/** A key of a tenant for tests, with the scopes `ask`, `write` and `admin`; needless where AUTH is `none`. */
const key = process.env['TEST_KEY'];

describe.skipIf(url === undefined)('TEST_URL (the address of a running Raglan; skipped without it)', () => {
  describeHttp(`on ${url}`, async () => ({
    hasPlatform: true,
    close: async () => {},
    fetch: (path, init) => {
      const headers = new Headers(init?.headers);
      if (key !== undefined) headers.set('authorization', `Bearer ${key}`);
      return fetch(`${url}${path}`, { ...init, headers });
    },
  }));
});
