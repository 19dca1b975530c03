import { describe } from 'vitest';
import { describeHttp } from './describe-http.ts';
import { createSignedFetch } from './signed-fetch.ts';

/** Address of a deployed stack's function URL, or of any running server. */
const url = process.env['TEST_URL']?.replace(/\/$/, '');

describe.skipIf(url === undefined)('TEST_URL (the address of a running Raglan; skipped without it)', () => {
  describeHttp(`on ${url}`, async () => {
    // The function URLs of AWS ask for a signature; other servers have no use for it.
    const send = new URL(url ?? '').hostname.endsWith('.on.aws') ? createSignedFetch() : fetch;
    return {
      hasPlatform: true,
      close: async () => {},
      fetch: (path, init) => send(`${url}${path}`, init),
    };
  });
});
