import { ApiError } from '../api/error.ts';
import type { Passage, ReadPassage } from '../api/passages.ts';
import { toProblem } from '../api/problems.ts';
import type { Source } from '../../lib/rag/types.ts';
import { createDialog } from '../shell/dialog.ts';
import { element, replaceChildren, type Child } from '../shell/dom.ts';
import type { Citation } from './citations.ts';
import { findSentence, holdsSnippet } from './highlight.ts';
import { placeOf } from './plain-answer.ts';
import { createPassagePager } from './passage-pager.ts';
import { createDocumentLink } from './sources-view.ts';
import { unwrap } from './unwrap.ts';

/** Shows the passage behind a citation in its document. */
export interface PassageDialog {
  element: HTMLElement;
  open(this: void, collection: string, citation: Citation): void;
}

/** A source of more passages than this is shown from its first ones on; the others are further on. */
const maxJoined = 8;

/** Passages that follow each other, as one text. */
interface Excerpt {
  first: Passage;
  last: number;
  text: string;
}

/** Creates the dialog. */
export function createPassageDialog(readPassage: ReadPassage): PassageDialog {
  let reading = new AbortController();
  const content = element('div', { class: 'passage', 'aria-live': 'polite' });
  const dialog = createDialog('passage-dialog', '', content);
  dialog.element.addEventListener('close', () => reading.abort());

  const read = async (collection: string, source: Source, from: number, to: number): Promise<Excerpt> => {
    const numbers = Array.from({ length: Math.min(maxJoined, to - from + 1) }, (_, index) => from + index);
    const place = { collection, document: source.document };
    const { signal } = reading;
    const all = await Promise.all(numbers.map((chunk) => readPassage({ ...place, chunk }, signal)));
    const [first] = all as [Passage, ...Passage[]];
    return { first, last: from + all.length - 1, text: unwrap(all.map(({ text }) => text).join('\n\n')) };
  };

  const show = (collection: string, citation: Citation, from: number, to: number) => {
    reading.abort();
    reading = new AbortController();
    const { signal } = reading;
    const { source } = citation;
    const isCited = from === source.chunk;
    read(collection, source, from, to).then(
      (excerpt) => {
        if (signal.aborted) return;
        const turnTo = (chunk: number) => show(collection, citation, chunk, chunk);
        const pager = createPassagePager({ ...excerpt, chunks: excerpt.first.chunks, turnTo });
        replaceChildren(content, ...createExcerpt(excerpt, isCited ? citation : undefined), pager);
        content.querySelector('mark')?.scrollIntoView({ block: 'center' });
      },
      (error: unknown) => {
        if (!signal.aborted) replaceChildren(content, ...createFailure(error, source));
      },
    );
  };

  return {
    element: dialog.element,
    open: (collection, citation) => {
      const { source } = citation;
      dialog.title.textContent = source.title;
      replaceChildren(content, element('p', { class: 'status' }, 'Opening the document…'));
      dialog.open();
      show(collection, citation, source.chunk, source.lastChunk ?? source.chunk);
    },
  };
}

function createExcerpt({ first, text }: Excerpt, citation: Citation | undefined): Child[] {
  const isChanged = citation && !holdsSnippet(text, citation.source.snippet);
  const place = placeOf(first);
  return [
    element('p', { class: 'place' }, place, place !== '' && ' · ', first.document),
    createDocumentLink(first.uri),
    isChanged && createChanged(citation.source),
    createText(text, isChanged ? undefined : citation),
  ];
}

function createChanged({ snippet }: Source): HTMLElement {
  return element(
    'div',
    { class: 'problem' },
    element(
      'p',
      {},
      element('strong', {}, 'The document has changed since this answer.'),
      ' It rested on this:',
    ),
    element('blockquote', { dir: 'auto' }, snippet),
  );
}

/** The passage, with the sentence marked that fits the one which cites it; none where it was opened from the list. */
function createText(text: string, citation: Citation | undefined): HTMLElement {
  const span = citation?.citing === undefined ? undefined : findSentence(text, citation.citing);
  const place = { class: 'passage-text', dir: 'auto' };
  if (!span) return element('div', place, text);
  const mark = element('mark', {}, text.slice(span.start, span.end));
  return element('div', place, text.slice(0, span.start), mark, text.slice(span.end));
}

function createFailure(error: unknown, source: Source): Child[] {
  if (error instanceof ApiError && error.code === 'not_found') return [createChanged(source)];
  const { title, whatToDo } = toProblem(error);
  return [
    element('div', { class: 'problem' }, element('p', {}, element('strong', {}, title), ' ', whatToDo)),
  ];
}
