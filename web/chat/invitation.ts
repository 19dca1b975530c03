import type { DocumentView } from '../documents/types.ts';

/** What somebody is invited to ask about, from what the collection holds. */
export interface Invitation {
  /** Whole questions that its documents answer. */
  questions: readonly string[];
  /** Titles of documents to ask about, the newest first. */
  titles: readonly string[];
  /** What is to be known of the documents, as a sentence. */
  note?: string;
  /** Nothing can be asked before documents are put in. */
  isEmpty: boolean;
}

/** Before it is known what there is. */
export const openInvitation: Invitation = { questions: [], titles: [], isEmpty: false };

/** What the project's own documents answer, which are what a first start has in it, and by which of them. */
export const examples = [
  { id: 'docs/costs.md', title: 'What it costs', question: 'What does Raglan cost while it is idle?' },
  {
    id: 'docs/decisions/0015-the-guard.md',
    title: '15. A guard reads both questions before an answer is shared',
    question: 'How does the cache know that two questions mean the same?',
  },
  {
    id: 'docs/documents.md',
    title: 'Documents',
    question: 'What happens to a document after it is put in?',
  },
] as const;

const mostTitles = 4;

/** Makes the invitation to what was seen of a collection's documents. */
export function invitationTo(documents: readonly DocumentView[]): Invitation {
  if (documents.length === 0) return { ...openInvitation, note: notes.empty, isEmpty: true };
  // One that is replaced is served meanwhile.
  const served = documents.filter(({ state, version }) => state === 'ready' || version !== undefined);
  const underWay = documents.filter(({ state }) => state !== 'ready' && state !== 'failed').length;
  const questions = examples.flatMap(({ id, title, question }) =>
    served.some((one) => one.id === id && one.title === title) ? [question] : [],
  );
  const newest = served.toSorted((a, b) => (a.updatedAt < b.updatedAt ? 1 : -1));
  const titles = Array.from(new Set(newest.map(({ title }) => title))).slice(0, mostTitles);
  const note = noteOf({ served: served.length, underWay });
  return {
    questions,
    titles: questions.length > 0 ? [] : titles,
    isEmpty: false,
    ...(note !== undefined && { note }),
  };
}

const notes = {
  empty: 'There are no documents here yet.',
  failed: 'None of the documents here could be read; the list of documents says why.',
} as const;

function noteOf({ served, underWay }: { served: number; underWay: number }): string | undefined {
  if (underWay === 0) return served === 0 ? notes.failed : undefined;
  const are = underWay === 1 ? '1 document is' : `${underWay} documents are`;
  const until = served === 0 ? 'You can ask as soon as the first is ready.' : 'What is ready can be asked.';
  return `${are} still being read. ${until}`;
}
