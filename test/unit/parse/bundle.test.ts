import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docxOf, paragraph } from '../../fixtures/docx.ts';
import { handbookPdf } from '../../fixtures/pdf.ts';

let folder: string;
let inputs: string[];

const entry = `
  import { readFile } from 'node:fs/promises';
  import { createParser } from './lib/parse/parser.ts';
  const bytes = new Uint8Array(await readFile(process.argv[2]));
  const { signal } = new AbortController();
  const contentType = process.argv[3];
  console.log(JSON.stringify(await createParser().parse({ bytes, contentType }, { signal })));
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'raglan-bundle-'));
  const common = { bundle: true, format: 'esm', platform: 'node', target: 'node24', minify: true } as const;
  const [main] = await Promise.all([
    build({
      ...common,
      stdin: { contents: entry, resolveDir: process.cwd() },
      outfile: join(folder, 'index.mjs'),
      metafile: true,
    }),
    build({ ...common, entryPoints: ['lib/parse/worker.ts'], outfile: join(folder, 'parse-worker.mjs') }),
  ]);
  inputs = Object.keys(main.metafile.inputs);
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe('the parser in a bundle', () => {
  async function parseBundled(name: string, bytes: Uint8Array, contentType: string): Promise<unknown> {
    const file = join(folder, name);
    await writeFile(file, bytes);
    const { stdout } = await promisify(execFile)(process.execPath, [
      join(folder, 'index.mjs'),
      file,
      contentType,
    ]);
    return JSON.parse(stdout);
  }

  it('finds its worker beside it and reads a PDF there', async () => {
    const bytes = await handbookPdf({ pages: 2, textOf: (page) => `bundled page ${page}` });
    expect(await parseBundled('a.pdf', bytes, 'application/pdf')).toEqual({
      passages: [
        { number: 0, text: 'bundled page 1', headings: [], page: 1 },
        { number: 1, text: 'bundled page 2', headings: [], page: 2 },
      ],
    });
  });

  it('reads a Word document, whose library is no ES module', async () => {
    const contentType = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document';
    expect(await parseBundled('a.docx', docxOf(paragraph('bundled')), contentType)).toEqual({
      passages: [{ number: 0, text: 'bundled', headings: [] }],
    });
  });

  it('leaves the libraries that read documents to the worker', () => {
    expect(inputs).toContain('lib/parse/run-worker.ts');
    expect(inputs.filter((input) => input.includes('node_modules'))).toEqual([]);
  });
});
