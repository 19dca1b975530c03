import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLexicalCloud, type LexicalCloud } from '../../http/lexical-cloud.ts';
import { createFolder } from '../temporary-folder.ts';

let lexical: LexicalCloud;
let folder: Awaited<ReturnType<typeof createFolder>>;

beforeAll(async () => {
  const paragraph = 'The harbour master keeps the tide tables in the tower.\n\n';
  folder = await createFolder({
    'notes/harbour.md': '# Harbour\n\nThe crane lifts 40 tonnes.\n',
    'notes/deep/lock.txt': 'The lock gate weighs 90 tonnes.',
    'notes/blank.txt': ' ',
    'notes/broken.pdf': 'This is no PDF.',
    'notes/picture.png': 'x',
    'marked/pump.txt': 'The pump starts at nine.',
    'marked/pump.txt.metadata.json': '{"metadataAttributes": {"title": "Die Pumpe — über", "site": "north"}}',
    'marked/bad.txt': 'Bad.',
    'marked/bad.txt.metadata.json': '{"site": ',
    'large.html': `<main>${`<p>${paragraph}</p>`.repeat(2)}</main><script>${'x'.repeat(4 * 1024 * 1024)}</script>`,
  });
  lexical = await startLexicalCloud();
});
afterAll(async () => {
  await lexical.close();
  await folder.remove();
});

/** `npm run ingest -- …` without npm, called in the folder. */
async function run(args: string[], url = lexical.cloud.url) {
  const program = new URL('../../../local/ingest.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [program, ...args], {
    env: { PATH: process.env['PATH'], INIT_CWD: folder.path, RAGLAN_URL: url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (part: Buffer) => (output.stdout += part.toString('utf8')));
  child.stderr.on('data', (part: Buffer) => (output.stderr += part.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number];
  return { code, ...output };
}

describe('npm run ingest', () => {
  it('puts a folder in and says what failed, why, and what to do', async () => {
    const { code, stdout, stderr } = await run(['notes', '--collection', 'harbour']);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toMatch(/^2 documents are ready in the collection harbour, after \d+\.\d s\.$/m);
    expect(stdout).toContain('Left out: picture.png: its kind is not one that can be read\n2 failed:\n');
    expect(stdout).toMatch(/^ {2}blank\.txt: The document has no text\. .*OCR/m);
    expect(stdout).toMatch(/^ {2}broken\.pdf: .*is the right one\.$/m);
    const response = await fetch(`${lexical.cloud.url}/documents?collection=harbour&state=ready`);
    const { documents } = (await response.json()) as { documents: { id: string }[] };
    expect(documents.map(({ id }) => id)).toEqual(['deep/lock.txt', 'harbour.md']);
  });

  it('puts a large file in by the form, and once more without sending it', async () => {
    const first = await run(['large.html', join(folder.path, 'notes/harbour.md')]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/^2 documents are ready in the collection main/);
    const view = async () => (await fetch(`${lexical.cloud.url}/documents/large.html`)).json();
    const before = (await view()) as { updatedAt: string };
    expect(before).toMatchObject({ state: 'ready', contentType: 'text/html' });
    expect(await run(['large.html'])).toMatchObject({ code: 0 });
    const after = (await view()) as { updatedAt: string };
    expect(after).toEqual({ ...before, updatedAt: after.updatedAt, attempts: 0 });
  });

  it('sends the metadata files beside the documents, large ones too, and says what is wrong with one', async () => {
    const viewOf = async (id: string) =>
      (await (await fetch(`${lexical.cloud.url}/documents/${id}`)).json()) as Record<string, unknown>;
    const { code, stdout } = await run(['marked']);
    expect([code, stdout]).toEqual([
      1,
      expect.stringMatching(
        /1 failed:\n {2}bad\.txt: .*not valid JSON\. Correct the metadata file beside it\.$/m,
      ),
    ]);
    const metadata = { title: 'Die Pumpe — über', fields: { site: 'north' } };
    expect(await viewOf('pump.txt')).toMatchObject({ state: 'ready', title: metadata.title, metadata });

    // The bytes of this one are there already, but not what is said of them.
    await folder.write('large.html.metadata.json', '{"site": "south"}');
    expect(await run(['large.html'])).toMatchObject({ code: 0 });
    expect(await viewOf('large.html')).toMatchObject({ metadata: { fields: { site: 'south' } } });
  });

  it('puts text in that is not UTF-8, as it is', async () => {
    const encoded = join(folder.path, 'encoded');
    await mkdir(encoded);
    await writeFile(join(encoded, 'windows.txt'), 'T\xfcr 7.\n', 'latin1');
    await writeFile(join(encoded, 'utf-16.md'), '\uFEFF# Tür 7\n\nZu.\n', 'utf16le');
    expect(await run(['encoded', '--collection', 'encoded'])).toMatchObject({ code: 0, stderr: '' });
    const response = await fetch(`${lexical.cloud.url}/documents?collection=encoded`);
    expect(await response.json()).toMatchObject({
      documents: [
        { id: 'utf-16.md', title: 'Tür 7', contentType: 'text/markdown' },
        { id: 'windows.txt', contentType: 'text/plain', size: 7 },
      ],
    });
  });

  it('explains itself', async () => {
    const { code, stdout } = await run(['--help']);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Usage: npm run ingest -- PATH/)]);
  });

  it.each([
    ['no path', [], 'No file or folder is named.'],
    ['an unknown option', ['notes', '--fast'], '--fast'],
    ['a path that is not there', ['nowhere'], 'There is no file or folder'],
    ['a collection of no such name', ['notes', '--collection', 'No!'], 'collection: must be lower-case'],
  ])('with %s is wrong usage', async (_, args, message) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: npm run ingest -- PATH');
  });

  it('without a server says how to start one', async () => {
    const { code, stderr } = await run(['notes'], 'http://127.0.0.1:9');
    expect([code, stderr]).toEqual([
      1,
      'No server answers at http://127.0.0.1:9. Start one with npm start, or set RAGLAN_URL to another.\n',
    ]);
  });
});
