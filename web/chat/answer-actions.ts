import { iconButton } from '../shell/button.ts';
import { element } from '../shell/dom.ts';
import { inWords } from './timeline-view.ts';
import type { Turn } from './turn.ts';

/** What somebody can do with an answer that is over. */
export interface AnswerActions {
  copy(this: void): void;
  retry(this: void): void;
  /** Resolves to whether the verdict was taken. */
  judge(this: void, isRight: boolean): Promise<boolean>;
}

/** The row of buttons below an answer, and where the answer is from. */
export function createAnswerActions(turn: Turn, { copy, retry, judge }: AnswerActions): HTMLElement {
  return element(
    'div',
    { class: 'actions' },
    turn.text !== '' && iconButton({ name: 'copy', label: 'Copy with sources' }, copy),
    iconButton({ name: 'retry', label: 'Ask anew, without the cache', class: 'icon retry' }, retry),
    ...(turn.end && turn.answerId !== undefined ? createVerdict(turn, judge) : []),
    turn.cached !== false && element('span', { class: 'badge' }, cachedSince(turn)),
    turn.end && turn.end.degraded.length > 0 && element('span', { class: 'badge warn' }, 'Made with less'),
    turn.end && element('span', { class: 'model' }, turn.end.servedBy),
  );
}

function cachedSince({ cachedAt }: Turn): string {
  return cachedAt === undefined ? 'From the cache' : `From the cache, ${inWords(cachedAt)}`;
}

/** The first verdict counts, so after it there is nothing to press. */
function createVerdict(turn: Turn, judge: AnswerActions['judge']): HTMLElement[] {
  const give = (isRight: boolean) => {
    const verdict = isRight ? 'right' : 'wrong';
    show(verdict);
    judge(isRight).then(
      (isTaken) => {
        if (!isTaken) show(undefined);
      },
      () => show(undefined),
    );
  };
  const right = iconButton({ name: 'right', label: 'The answer is right' }, () => give(true));
  const wrong = iconButton({ name: 'wrong', label: 'The answer is wrong' }, () => give(false));
  const show = (verdict: Turn['verdict']) => {
    right.setAttribute('aria-pressed', String(verdict === 'right'));
    wrong.setAttribute('aria-pressed', String(verdict === 'wrong'));
    right.disabled = wrong.disabled = verdict !== undefined;
  };
  show(turn.verdict);
  return [right, wrong];
}
