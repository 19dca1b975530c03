import { iconButton } from '../shell/button.ts';
import { element } from '../shell/dom.ts';
import { inWords } from './timeline-view.ts';
import type { Turn } from './turn.ts';
import { createVerdict, type Verdict } from './verdict.ts';

/** What somebody can do with an answer that is over. */
export interface AnswerActions {
  copy(this: void): void;
  retry(this: void): void;
  /** Resolves to whether the verdict was taken. */
  judge(this: void, verdict: Verdict): Promise<boolean>;
}

/** The row of buttons below an answer, and where the answer is from. */
export function createAnswerActions(turn: Turn, { copy, retry, judge }: AnswerActions): HTMLElement {
  const [right, wrong, reason] = turn.end && turn.answerId !== undefined ? createVerdict(turn, judge) : [];
  return element(
    'div',
    { class: 'actions' },
    turn.text !== '' && iconButton({ name: 'copy', label: 'Copy with sources' }, copy),
    iconButton(
      {
        name: 'retry',
        label: turn.end ? 'Ask anew, without the cache' : 'Ask again',
        class: 'icon retry',
      },
      retry,
    ),
    right,
    wrong,
    turn.cached !== false && element('span', { class: 'badge' }, cachedSince(turn)),
    turn.end && turn.end.degraded.length > 0 && element('span', { class: 'badge warn' }, 'Made with less'),
    turn.end && element('span', { class: 'model' }, turn.end.servedBy),
    reason,
  );
}

function cachedSince({ cachedAt }: Turn): string {
  return cachedAt === undefined ? 'From the cache' : `From the cache, ${inWords(cachedAt)}`;
}
