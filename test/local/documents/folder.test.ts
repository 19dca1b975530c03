import { symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readFolder, readProjectDocs } from '../../../local/documents/folder.ts';
import { createFolder } from '../temporary-folder.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;

afterEach(() => folder.remove());

it('finds the documents of a folder and its subfolders with their content types', async () => {
  folder = await createFolder({ 'a.md': 'a', 'b/c.TXT': 'c', 'b/d/e.html': 'e', 'f.pdf': 'f' });
  const { documents, skipped } = await readFolder(folder.path);
  expect(documents.map(({ id, contentType }) => [id, contentType])).toEqual([
    ['a.md', 'text/markdown'],
    ['f.pdf', 'application/pdf'],
    ['b/c.TXT', 'text/plain'],
    ['b/d/e.html', 'text/html'],
  ]);
  expect(skipped).toEqual([]);
});

it('has those at the top first, and of those beside each other the small', async () => {
  folder = await createFolder({
    'a/tiny.md': 'x',
    'long.md': 'xxx',
    'z.md': 'x',
    'a/b/c.md': '',
    'b/d.md': 'xx',
  });
  const { documents } = await readFolder(folder.path);
  expect(documents.map(({ id, bytes }) => [id, bytes])).toEqual([
    ['z.md', 1],
    ['long.md', 3],
    ['a/tiny.md', 1],
    ['b/d.md', 2],
    ['a/b/c.md', 0],
  ]);
});

it('has each document with the metadata file beside it, which is none itself', async () => {
  folder = await createFolder({
    'a.md': 'a',
    'a.md.metadata.json': '{}',
    'b/c.json': '{}',
    'b/c.json.metadata.json': '{}',
    'gone.md.metadata.json': '{}',
  });
  const { documents, skipped } = await readFolder(folder.path);
  expect(documents.map(({ id, metadataPath }) => [id, metadataPath])).toEqual([
    ['a.md', join(folder.path, 'a.md.metadata.json')],
    ['b/c.json', join(folder.path, 'b/c.json.metadata.json')],
  ]);
  expect(skipped).toEqual([
    { id: 'gone.md.metadata.json', reason: 'the file that it is about is not there' },
  ]);
});

it('passes over hidden files, packages and links without a word', async () => {
  folder = await createFolder({ '.secret.md': 'x', '.git/a.md': 'x', 'node_modules/p/README.md': 'x' });
  await symlink('/etc/hostname', join(folder.path, 'link.txt'));
  expect(await readFolder(folder.path)).toEqual({ documents: [], skipped: [] });
});

it('names what it leaves out, and why', async () => {
  folder = await createFolder({ 'picture.png': 'x', 'what?.md': 'x', 'huge.pdf': '' });
  await truncate(join(folder.path, 'huge.pdf'), 100 * 1024 * 1024 + 1);
  const { documents, skipped } = await readFolder(folder.path);
  expect(documents).toEqual([]);
  expect(skipped).toEqual([
    { id: 'huge.pdf', reason: 'it is larger than 100 MB' },
    { id: 'picture.png', reason: 'its kind is not one that can be read' },
    {
      id: 'what?.md',
      reason: 'its name cannot be an id: it must not hold control characters or any of \\ # ? % *',
    },
  ]);
});

it("takes of a project its README, its change log and its docs' Markdown", async () => {
  folder = await createFolder({
    'README.md': 'x',
    'CHANGELOG.md': 'x',
    'NOTES.md': 'x',
    'docs/architecture.md': 'x',
    'docs/decisions/one.md': 'x',
    'docs/diagram.svg': 'x',
  });
  const { documents, skipped } = await readProjectDocs(folder.path);
  expect(documents.map(({ id }) => id)).toEqual([
    'CHANGELOG.md',
    'README.md',
    'docs/architecture.md',
    'docs/decisions/one.md',
  ]);
  expect(skipped).toEqual([]);
});

it('says which folder is not there', async () => {
  folder = await createFolder();
  const missing = join(folder.path, 'nowhere');
  await expect(readFolder(missing)).rejects.toThrow(`${missing} cannot be read. Is its name right?`);
});
