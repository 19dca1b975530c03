import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseSync } from 'oxc-parser';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const bin = join(root, 'node_modules/.bin');
let assembly: string;

interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  Metadata: Record<string, unknown>;
}

// The real command line, with the real bundles: only it writes what `sam local` reads.
beforeAll(async () => {
  assembly = await mkdtemp(join(tmpdir(), 'raglan-synth-'));
  await promisify(execFile)(join(bin, 'cdk'), ['synth', '--quiet', '--output', assembly], {
    cwd: root,
    env: { ...process.env, PATH: `${bin}:${process.env['PATH']}` },
  });
});

afterAll(async () => {
  await rm(assembly, { recursive: true });
});

async function functions(): Promise<Resource[]> {
  const template = await readFile(join(assembly, 'RaglanService.template.json'), 'utf8');
  const { Resources }: { Resources: Record<string, Resource> } = JSON.parse(template);
  return Object.values(Resources).filter(({ Type, Properties }) => {
    // CDK's own function, which puts the page into its bucket, runs on Python.
    return Type === 'AWS::Lambda::Function' && String(Properties['Runtime']).startsWith('nodejs');
  });
}

/** Names that a module exports. */
async function exportsOf(file: string): Promise<(string | null)[]> {
  const { module } = parseSync(file, await readFile(file, 'utf8'));
  return module.staticExports.flatMap(({ entries }) => entries.map(({ exportName }) => exportName.name));
}

describe('the synthesised service', () => {
  it('is what `sam local invoke` reads: code by its folder, functions by their names', async () => {
    const metadata = (await functions()).map((resource) => resource.Metadata);
    expect(metadata.map((one) => one['aws:cdk:path'])).toEqual([
      'RaglanService/Api/Resource',
      'RaglanService/Ingest/Resource',
      'RaglanService/Jobs/Resource',
    ]);
    for (const one of metadata) {
      expect(one).toMatchObject({
        'aws:asset:path': expect.stringMatching(/^asset\.[0-9a-f]{64}$/),
        'aws:asset:property': 'Code',
        'aws:asset:is-bundled': false,
      });
    }
  });

  it('has handlers that its code exports', async () => {
    for (const { Properties, Metadata } of await functions()) {
      const [file, name] = String(Properties['Handler']).split('.');
      const code = join(assembly, String(Metadata['aws:asset:path']));
      expect(await exportsOf(join(code, `${file}.mjs`))).toContain(name);
    }
  });

  it('carries the worker beside the function that starts it', async () => {
    const ingest = (await functions()).find(({ Metadata }) =>
      String(Metadata['aws:cdk:path']).includes('Ingest'),
    );
    const worker = join(assembly, String(ingest?.Metadata['aws:asset:path']), 'parse-worker.mjs');
    expect((await readFile(worker)).byteLength).toBeGreaterThan(100_000);
  });

  it('was validated, and what was let pass is known', async () => {
    const report = JSON.parse(await readFile(join(assembly, 'validation-report.json'), 'utf8'));
    const [{ conclusion, violations, suppressedViolations }] = report.pluginReports;
    expect({ conclusion, violations }).toEqual({ conclusion: 'success', violations: [] });
    // Once for each table with a vector index.
    const letPass = suppressedViolations.map(({ ruleName }: { ruleName: string }) => ruleName);
    expect(letPass).toEqual(['E3039', 'E3039']);
  });
});
