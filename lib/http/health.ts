import packageJson from '../../package.json' with { type: 'json' };
import { json } from './response.ts';
import type { OpenRoute } from './router.ts';

/** `GET /health`: that we live, and what of. It asks nothing of anybody else. */
export function createHealthRoute(models: {
  chat: string;
  embedding: string;
  dimensions: number;
}): OpenRoute {
  return {
    method: 'GET',
    pattern: /^\/health\/?$/,
    isOpen: true,
    handle: async () =>
      json(200, { status: 'ok', version: packageJson.version, node: process.version, models }),
  };
}
