import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'raglan-lint-'));
  await writeFile(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { strict: true, types: [] }, include: ['**/*.ts'] }),
  );
});

afterAll(async () => {
  await rm(directory, { recursive: true });
});

/** The linter's call in `npm run check`, split into its flags and its paths. */
async function linterOfCheck(): Promise<{ flags: string[]; paths: string[] }> {
  const { scripts }: { scripts: { check: string } } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  );
  const call = scripts.check.split('&&').find((command) => command.trim().startsWith('oxlint')) ?? '';
  const words = call.trim().split(/\s+/).slice(1);
  return {
    flags: words.filter((word) => word.startsWith('-')),
    paths: words.filter((word) => !word.startsWith('-')),
  };
}

/** What the linter of `npm run check`, with the repository's rules, says of a source; undefined if nothing. */
async function lint(name: string, source: string): Promise<string | undefined> {
  const folder = join(directory, name);
  await mkdir(folder);
  await writeFile(join(folder, 'source.ts'), source);
  const { flags } = await linterOfCheck();
  try {
    await run('oxlint', [...flags, '--config', join(root, '.oxlintrc.json'), folder], {
      env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env.PATH}` },
    });
    return undefined;
  } catch (error) {
    return String((error as { stdout: unknown }).stdout);
  }
}

const save = 'export async function save(): Promise<void> {}\n';

describe('npm run check', () => {
  it('lints every folder of sources', async () => {
    expect((await linterOfCheck()).paths.toSorted()).toEqual(
      ['bench', 'eval', 'functions', 'infra', 'lib', 'local', 'test', 'web'].toSorted(),
    );
  });

  it.each([
    ['forgotten', 'export function work(): void { save(); }', 'no-floating-promises'],
    ['voided', 'export function work(): void { void save(); }', 'no-floating-promises'],
    [
      'callback',
      'export function work(): void { [1].forEach(async () => { await save(); }); }',
      'no-misused-promises',
    ],
    ['condition', 'export function work(): number { return save() ? 1 : 2; }', 'no-misused-promises'],
    [
      'try',
      'export async function work(): Promise<void> { try { return save(); } catch { return undefined; } }',
      'return-await',
    ],
  ])('fails on a promise that is %s', async (name, body, rule) => {
    expect(await lint(name, `${save}${body}\n`)).toContain(rule);
  });

  it('passes the same work when it is awaited', async () => {
    const body = 'export async function work(): Promise<void> { await save(); }\n';
    expect(await lint('awaited', save + body)).toBeUndefined();
  });
});
