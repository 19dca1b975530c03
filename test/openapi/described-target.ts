import { expect } from 'vitest';
import type { HttpTarget } from '../http/target.ts';
import { readDescription, type Description, type OpenApiDocument } from './description.ts';

/** A target all of whose answers have to be as its own `/openapi.json` says; `close` fails if one was not. */
export async function describedTarget(target: HttpTarget): Promise<HttpTarget> {
  const document = (await (await target.fetch('/openapi.json')).json()) as OpenApiDocument;
  const description = readDescription(document);
  const checks: Promise<string[]>[] = [];
  return {
    ...target,
    fetch: async (path, init) => {
      const response = await target.fetch(path, init);
      checks.push(check(description, path, init, response.clone()));
      return response;
    },
    close: async () => {
      const problems = new Set((await Promise.all(checks)).flat());
      await target.close();
      expect(Array.from(problems)).toEqual([]);
      expect(checks.length).toBeGreaterThan(0);
    },
  };
}

async function check(
  description: Description,
  path: string,
  { method = 'GET' }: RequestInit = {},
  response: Response,
): Promise<string[]> {
  const contentType = response.headers.get('content-type') ?? '';
  const answered = { status: response.status, contentType, text: await response.text() };
  const problems = description.problemsOf(method, path.split('?', 1)[0]!, answered);
  return problems.map((problem) => `${method} ${path} ${response.status}: ${problem}`);
}
