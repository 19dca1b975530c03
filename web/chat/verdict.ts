import { iconButton } from '../shell/button.ts';
import { element } from '../shell/dom.ts';
import type { Turn } from './turn.ts';

/** Whether an answer was right, and if not, what is wrong with it where somebody says so. */
export interface Verdict {
  isRight: boolean;
  note?: string;
}

/** As long as `POST /answers/{id}/feedback` takes it. */
const maxNote = 2_000;

/**
 * Creates the buttons of a verdict, with the question what is wrong. That is asked before the verdict is given, since the
 * first one counts. `judge` resolves to whether it was taken; then there is nothing more to press.
 */
export function createVerdict(turn: Turn, judge: (verdict: Verdict) => Promise<boolean>): HTMLElement[] {
  const give = (verdict: Verdict) => {
    ask(false);
    show(verdict.isRight ? 'right' : 'wrong');
    judge(verdict).then(
      (isTaken) => {
        if (!isTaken) show(undefined);
      },
      () => show(undefined),
    );
  };
  const right = iconButton({ name: 'right', label: 'The answer is right' }, () => {
    if (!isGiven(right)) give({ isRight: true });
  });
  const wrong = iconButton({ name: 'wrong', label: 'The answer is wrong' }, () => {
    if (!isGiven(wrong)) ask(wrong.getAttribute('aria-expanded') === 'false');
  });
  const reason = createReason({
    send: (note) => {
      give({ isRight: false, ...(note !== '' && { note }) });
      wrong.focus();
    },
    cancel: () => {
      ask(false);
      wrong.focus();
    },
  });
  const place = element('div', { class: 'reason-place' });
  const ask = (isAsked: boolean) => {
    place.replaceChildren(...(isAsked ? [reason.form] : []));
    wrong.setAttribute('aria-expanded', String(isAsked));
    if (isAsked) reason.field.focus();
  };
  const show = (verdict: Turn['verdict']) => {
    right.setAttribute('aria-pressed', String(verdict === 'right'));
    wrong.setAttribute('aria-pressed', String(verdict === 'wrong'));
    // A disabled button would lose the focus to nowhere.
    for (const one of [right, wrong]) one.setAttribute('aria-disabled', String(verdict !== undefined));
  };
  ask(false);
  show(turn.verdict);
  return [right, wrong, place];
}

function isGiven(button: HTMLElement): boolean {
  return button.getAttribute('aria-disabled') === 'true';
}

/** The question what is wrong. What was written stays there until it is taken. */
function createReason({ send, cancel }: { send: (note: string) => void; cancel: () => void }) {
  const field = element('input', { type: 'text', maxlength: maxNote, dir: 'auto', autocomplete: 'off' });
  const quiet = { type: 'button', class: 'quiet' };
  const form = element(
    'form',
    {
      class: 'reason',
      on: {
        submit: (event) => {
          event.preventDefault();
          send(field.value.trim());
        },
        keydown: (event) => {
          if (event.key === 'Escape') cancel();
        },
      },
    },
    element('label', {}, 'What is wrong with it? You need not say.', field),
    element('button', { ...quiet, type: 'submit' }, 'Send'),
    element('button', { ...quiet, on: { click: cancel } }, 'Cancel'),
  );
  return { form, field };
}
