import { readFile, glob } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { wrongArrows } from './arrows.ts';
import { readSource, type SourceFile } from './read-source.ts';

const root = join(import.meta.dirname, '../..');
const dependencies = new Set(['zod', '@aws-sdk/client-s3']);

async function readTree(): Promise<SourceFile[]> {
  const sources: SourceFile[] = [];
  for await (const path of glob('{functions,lib,infra,local,web,bench,eval,test/wire}/**/*.ts', {
    cwd: root,
  })) {
    // Tests look wherever they like.
    if (path.endsWith('.test.ts')) continue;
    sources.push(readSource(path, await readFile(join(root, path), 'utf8')));
  }
  return sources;
}

function complaints(path: string, text: string): string[] {
  return wrongArrows([readSource(path, text)], dependencies);
}

describe('the sources', () => {
  it('import along the arrows only', async () => {
    const sources = await readTree();
    const manifest: { dependencies: Record<string, string> } = JSON.parse(
      await readFile(join(root, 'package.json'), 'utf8'),
    );
    expect(sources.length).toBeGreaterThan(20);
    expect(wrongArrows(sources, new Set(Object.keys(manifest.dependencies)))).toEqual([]);
  });
});

describe('a wrong arrow is found', () => {
  it.each([
    ['the flow imports an adapter', 'lib/rag/a.ts', "import { x } from '../aws/bucket.ts';"],
    ['the flow imports only a type of it', 'lib/rag/a.ts', "import type { X } from '../aws/bucket.ts';"],
    ['the flow names a type of it in place', 'lib/rag/a.ts', "let x: import('../aws/bucket.ts').X;"],
    ['the flow imports it when it is used', 'lib/rag/a.ts', "await import('../aws/bucket.ts');"],
    ['the flow passes it on', 'lib/rag/a.ts', "export * from '../http/sse.ts';"],
    ['the flow imports a package', 'lib/rag/a.ts', "import { z } from 'zod';"],
    ['the flow knows HTTP', 'lib/rag/a.ts', "import { request } from 'node:http';"],
    ['tools about time know the flow', 'lib/async/a.ts', "import { RagError } from '../rag/errors.ts';"],
    ['one adapter imports another', 'lib/http/a.ts', "export { x } from '../dynamodb/chunks.ts';"],
    ['an adapter imports the app', 'lib/openai/a.ts', "import '../app.ts';"],
    ['a function imports an adapter', 'functions/a.ts', "import { x } from '../lib/dynamodb/chunks.ts';"],
    ['a function imports the laptop', 'functions/a.ts', "import { x } from '../local/cloud.ts';"],
    ['the product imports what is not deployed', 'lib/aws/a.ts', "import { x } from 'fauxqs';"],
    [
      'infra imports more than types of config',
      'infra/a.ts',
      "import { parseApiConfig } from '../lib/config.ts';",
    ],
    ['infra imports the app', 'infra/a.ts', "import type { App } from '../lib/app.ts';"],
    ['the laptop imports an adapter', 'local/a.ts', "import { x } from '../lib/dynamodb/chunks.ts';"],
    ['the product imports what nobody can read', 'lib/aws/a.ts', 'await import(name);'],
    ['the page runs code of the flow', 'web/a.ts', "import { RagError } from '../lib/rag/errors.ts';"],
    ['the page imports a package that nobody has weighed', 'web/a.ts', "import { z } from 'zod';"],
    ['the page imports what builds it', 'web/a.ts', "import { buildPage } from './build.ts';"],
    ['a file stands outside of the tree', 'scripts/a.ts', ''],
  ])('%s', (_, path, text) => {
    expect(complaints(path, text)).toHaveLength(1);
  });

  it.each([
    ['process.env.X', 'process.env.X;'],
    ["process['env']", "process['env'].X;"],
    ['{ env } = process', 'const { env } = process;'],
    ['node:process', "import { env } from 'node:process';"],
  ])('an adapter reads the environment: %s', (_, text) => {
    expect(complaints('lib/aws/a.ts', text)).toEqual([
      'lib/aws/a.ts must not read the environment: lib/config.ts does',
    ]);
  });
});

describe('a right arrow is left alone', () => {
  it.each([
    ['an adapter implements a port', 'lib/aws/a.ts', "import type { Parser } from '../rag/ports.ts';"],
    ['an adapter uses a deployed package', 'lib/aws/a.ts', "import { S3Client } from '@aws-sdk/client-s3';"],
    [
      'types of a package that is not deployed',
      'functions/a.ts',
      "import type { SQSEvent } from 'aws-lambda';",
    ],
    ['inline types of it', 'functions/a.ts', "import { type SQSEvent } from 'aws-lambda';"],
    ['the environment is read in config', 'lib/config.ts', 'process.env;'],
    [
      'infra takes types from config',
      'infra/a.ts',
      "import type { ApiEnvironment } from '../lib/config.ts';",
    ],
    [
      'the page takes types of the flow',
      'web/chat/a.ts',
      "import type { Source } from '../../lib/rag/types.ts';",
    ],
    ['a comment that looks like an import', 'lib/rag/a.ts', "// import '../aws/bucket.ts';"],
  ])('%s', (_, path, text) => {
    expect(complaints(path, text)).toEqual([]);
  });
});
