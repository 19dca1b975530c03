import * as z from 'zod';
import packageJson from '../../package.json' with { type: 'json' };
import type { Contract } from './contract.ts';
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
    contract,
    handle: async () =>
      json(200, { status: 'ok', version: packageJson.version, node: process.version, models }),
  };
}

function contract(): Contract {
  const body = z.strictObject({
    status: z.literal('ok'),
    version: z.string(),
    node: z.string(),
    models: z.strictObject({ chat: z.string(), embedding: z.string(), dimensions: z.int().min(1) }),
  });
  return {
    path: '/health',
    operation: 'getHealth',
    summary: 'Tells that the service lives, its version and its models.',
    responses: { 200: { description: 'It lives.', content: { 'application/json': body } } },
  };
}
