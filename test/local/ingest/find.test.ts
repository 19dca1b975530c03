import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { findDocuments } from '../../../local/ingest/find.ts';
import { createFolder } from '../temporary-folder.ts';

let folder: Awaited<ReturnType<typeof createFolder>>;
afterEach(() => folder.remove());

const at = (...names: string[]) => names.map((name) => join(folder.path, name));

it('takes folders by the paths in them and files by their names', async () => {
  folder = await createFolder({ 'a/one.md': 'x', 'a/b/two.txt': 'x', 'three.html': 'x', 'a/p.png': 'x' });
  const { documents, skipped, refused } = await findDocuments(at('a', 'three.html'));
  expect(documents.map(({ id, contentType }) => [id, contentType])).toEqual([
    ['one.md', 'text/markdown'],
    ['b/two.txt', 'text/plain'],
    ['three.html', 'text/html'],
  ]);
  expect([skipped.map(({ id }) => id), refused]).toEqual([['p.png'], []]);
});

it('takes the metadata file beside a file, and a named one for the file that it is about', async () => {
  folder = await createFolder({ 'x.md': 'x', 'x.md.metadata.json': '{}', 'y.md.metadata.json': '{}' });
  const { documents, refused } = await findDocuments(at('x.md', 'x.md.metadata.json', 'y.md.metadata.json'));
  expect(documents.map(({ id, metadataPath }) => [id, metadataPath])).toEqual([
    ['x.md', ...at('x.md.metadata.json')],
  ]);
  expect(refused).toEqual([{ id: 'y.md.metadata.json', reason: 'the file that it is about is not there' }]);
});

it('refuses a file that was named and cannot be put in, where one in a folder is left out', async () => {
  folder = await createFolder({ 'p.png': 'x' });
  const { skipped, refused } = await findDocuments(at('p.png'));
  expect([skipped, refused]).toEqual([[], [{ id: 'p.png', reason: 'its kind is not one that can be read' }]]);
});

it('says which path is not there', async () => {
  folder = await createFolder();
  const [missing = ''] = at('nowhere');
  await expect(findDocuments([missing])).rejects.toThrow(`There is no file or folder ${missing}.`);
});

it('refuses two files that would be one document, but not one that is named twice', async () => {
  folder = await createFolder({ 'a/x.md': '1', 'b/x.md': '2' });
  await expect(findDocuments(at('a', 'b'))).rejects.toThrow('would both become the document x.md');
  expect((await findDocuments(at('a', 'a/x.md'))).documents).toHaveLength(1);
});
