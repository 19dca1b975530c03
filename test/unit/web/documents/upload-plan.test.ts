import { describe, expect, it } from 'vitest';
import { documentMediaType } from '../../../../lib/rag/ingest/media-types.ts';
import { maxDocumentBytes as maxOfTheServer } from '../../../../lib/rag/ingest/acceptance.ts';
import { maxBodyBytes } from '../../../../lib/http/request.ts';
import { endings, maxDocumentBytes } from '../../../../web/documents/formats.ts';
import { maxWaiting, planUploads, routeOf } from '../../../../web/documents/upload-plan.ts';

function fileOf(path: string, bytes = 5) {
  const file = new File([], path);
  Object.defineProperty(file, 'size', { value: bytes });
  return { path, file };
}

describe('a plan', () => {
  it('takes files by id, whatever their order', () => {
    const { files, leftOut } = planUploads([fileOf('b.md'), fileOf('guides/A.PDF'), fileOf('a.txt')], 0);
    expect(files.map(({ id }) => id)).toEqual(['a.txt', 'b.md', 'guides/A.PDF']);
    expect(leftOut).toEqual([]);
  });

  it.each([
    [fileOf('photo.png'), /not Markdown/],
    [fileOf('README'), /not Markdown/],
    [fileOf('empty.md', 0), /empty/],
    [fileOf('large.pdf', maxDocumentBytes + 1), /100 MB/],
    [fileOf('50%.md'), /Rename/],
    [fileOf('a.md.metadata.json'), /metadata/],
  ])('says before anything is sent why %o does not go in', (file, problem) => {
    const { files, leftOut } = planUploads([file, fileOf('good.md', maxDocumentBytes)], 0);
    expect(files.map(({ id }) => id)).toEqual(['good.md']);
    expect(leftOut).toEqual([{ path: file.path, problem: expect.stringMatching(problem) }]);
  });

  it('takes one of two spellings of a name', () => {
    const { files, leftOut } = planUploads([fileOf('caf\u00e9.md'), fileOf('cafe\u0301.md')], 0);
    expect(files).toHaveLength(1);
    expect(leftOut).toHaveLength(1);
  });

  it('lets no more wait than its bound', () => {
    const many = Array.from({ length: 10 }, (_, index) => fileOf(`${index}.md`));
    const { files, leftOut } = planUploads(many, maxWaiting - 4);
    expect(files).toHaveLength(4);
    expect(leftOut).toHaveLength(6);
  });
});

describe('what the page knows of formats', () => {
  it('is what the server goes by', () => {
    const types = endings.map((ending) => documentMediaType('application/octet-stream', `a.${ending}`));
    expect(types).not.toContain('application/octet-stream');
    expect(maxDocumentBytes).toBe(maxOfTheServer);
  });

  it('sends by the form what a request has no room for', () => {
    expect(routeOf(maxBodyBytes)).toBe('put');
    expect(routeOf(maxBodyBytes + 1)).toBe('form');
  });
});
