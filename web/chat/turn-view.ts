import type { FinishReason } from '../../lib/rag/types.ts';
import { element, replaceChildren } from '../shell/dom.ts';
import { createAnswerActions, type AnswerActions } from './answer-actions.ts';
import { linkCitations, type Citation } from './citations.ts';
import { createMarkdownView } from './markdown.ts';
import { createSourcesView } from './sources-view.ts';
import { createTimelineView } from './timeline-view.ts';
import { isOver, isStopped, type Turn } from './turn.ts';

/** A question and its answer on the page. */
export interface TurnView {
  element: HTMLElement;
  /** Shows what the turn has come to. */
  update(): void;
}

/** What somebody can do with an answer. */
export interface TurnHandlers extends AnswerActions {
  openCitation(this: void, citation: Citation): void;
}

/** Creates the view of a turn. */
export function createTurnView(turn: Turn, handlers: TurnHandlers): TurnView {
  const { openCitation } = handlers;
  const status = element('p', { class: 'status' });
  const markdown = createMarkdownView((block) => linkCitations(block, turn.sources, openCitation));
  const rest = element('div', { class: 'rest' });
  const answer = element('div', { class: 'answer' }, markdown.element, status, rest);
  const update = () => {
    markdown.show(turn.text);
    const words = statusOf(turn);
    status.hidden = words === undefined;
    // Put in anew only where it changes, or what moves in it would begin again with every token.
    if (words !== undefined && status.textContent !== words) status.textContent = words;
    answer.setAttribute('aria-busy', String(!isOver(turn)));
    replaceChildren(rest, ...(isOver(turn) ? createRest(turn, handlers) : []));
  };
  update();
  return {
    element: element(
      'article',
      { class: 'turn' },
      element('h2', { class: 'question', dir: 'auto' }, turn.question),
      answer,
    ),
    update,
  };
}

function statusOf({ state, isStopping = false, text, sources }: Turn): string | undefined {
  if (state === 'done' || state === 'failed') return undefined;
  if (state === 'reconnecting') return 'The connection is lost. Connecting again…';
  if (isStopping) return 'Stopping…';
  if (state === 'searching') return 'Searching the documents…';
  if (text !== '') return undefined;
  return sources.length === 1 ? 'Reading 1 passage…' : `Reading ${sources.length} passages…`;
}

function createRest(turn: Turn, handlers: TurnHandlers): (HTMLElement | undefined)[] {
  const { problem, sources, end } = turn;
  const note = noteOf(turn);
  return [
    problem && createProblem(turn, handlers),
    note === undefined ? undefined : element('p', { class: 'note' }, note),
    createSourcesView(sources, end?.citations ?? [], handlers.openCitation),
    problem ? undefined : createAnswerActions(turn, handlers),
    createTimelineView(turn),
  ];
}

/** What is to be known of how an answer ended, where it did not just end. */
function noteOf(turn: Turn): string | undefined {
  const { end, text } = turn;
  if (isStopped(turn)) return text === '' ? 'Stopped before anything was written.' : notes.stopped;
  return end && notes[end.finishReason];
}

const notes: Partial<Record<FinishReason, string>> = {
  stopped: 'Stopped. What is here is all that was written.',
  length: 'The model reached its own limit here, so the end is missing. Ask for the rest.',
  declined: 'Try other words, or put in a document that holds it.',
};

function createProblem({ problem }: Turn, { retry }: TurnHandlers): HTMLElement {
  const again = problem?.canResume ? 'Connect again' : 'Ask again';
  return element(
    'div',
    { class: 'problem' },
    element('p', {}, element('strong', {}, problem?.title), ' ', problem?.whatToDo),
    problem?.requestId !== undefined && element('p', { class: 'request-id' }, `Request ${problem.requestId}`),
    element('button', { type: 'button', class: 'main retry', on: { click: retry } }, again),
  );
}
