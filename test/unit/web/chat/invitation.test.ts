import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { examples, invitationTo } from '../../../../web/chat/invitation.ts';
import { documentOf } from '../documents/documents.ts';

const root = join(import.meta.dirname, '../../../..');

describe('the examples', () => {
  it.each(examples)('are answered by documents of the project: $id', async ({ id, title }) => {
    const [heading] = (await readFile(join(root, id), 'utf8')).split('\n');
    expect(heading).toBe(`# ${title}`);
  });

  it('are offered where their documents are, and then no titles', () => {
    const [example] = examples;
    const { id, title } = example;
    expect(invitationTo([documentOf(id, { title }), documentOf('other.md')])).toEqual({
      ...{ questions: [example.question], titles: [], isEmpty: false },
    });
  });

  it('are not offered of a document that only is called the same, nor of one that is not read yet', () => {
    const [{ id, title }] = examples;
    expect(invitationTo([documentOf(id, { title: 'Our own' })]).questions).toEqual([]);
    expect(invitationTo([documentOf(id, { title, state: 'embedding' })]).questions).toEqual([]);
  });
});

it('offers the titles of the newest documents that can be asked, each once', () => {
  const all = ['a', 'b', 'c', 'd', 'e', 'f'].map((name, index) =>
    documentOf(`${name}.md`, { title: `Title ${name}`, updatedAt: `2026-01-0${index + 1}T00:00:00.000Z` }),
  );
  const again = documentOf('g.md', { title: 'Title f', updatedAt: '2026-01-08T00:00:00.000Z' });
  const broken = documentOf('h.md', { state: 'failed', updatedAt: '2026-01-09T00:00:00.000Z' });
  const { titles } = invitationTo([...all, again, broken]);
  expect(titles).toEqual(['Title f', 'Title e', 'Title d', 'Title c']);
});

it('takes a document that is replaced for one that can be asked', () => {
  const replaced = documentOf('a.md', { title: 'A', state: 'parsing', version: 'v1' });
  expect(invitationTo([replaced])).toMatchObject({
    ...{ titles: ['A'], note: '1 document is still being read. What is ready can be asked.' },
  });
});

it.each([
  [[], 'There are no documents here yet.', true],
  [
    [documentOf('a.md', { state: 'received' }), documentOf('b.md', { state: 'embedding' })],
    '2 documents are still being read. You can ask as soon as the first is ready.',
    false,
  ],
  [[documentOf('a.md', { state: 'failed' })], 'None of the documents here could be read', false],
])('says what keeps somebody from asking', (documents, note, isEmpty) => {
  const invitation = invitationTo(documents);
  expect(invitation).toMatchObject({ isEmpty, questions: [], titles: [] });
  expect(invitation.note).toContain(note);
});
