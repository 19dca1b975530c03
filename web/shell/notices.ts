import { element } from './dom.ts';

/** A short word to the person, at the edge of the page. */
export interface Notice {
  text: string;
  /** Bad news stay until somebody closes them. */
  tone: 'info' | 'good' | 'bad';
  action?: { label: string; run: () => void };
}

/** Shows a notice. */
export type Notify = (notice: Notice) => void;

/** Where notices are shown, and what screen readers are told without anything to see. */
export interface Notices {
  element: HTMLElement;
  notify: Notify;
  /** Says something to screen readers alone. */
  announce(this: void, text: string): void;
}

/** More at once would cover the page; the oldest makes room. */
const maxShown = 3;
const shownForMs = 6_000;

/** Creates the place for notices, which belongs at the end of the page. */
export function createNotices(): Notices {
  const list = element('div', { class: 'notices', role: 'status', popover: 'manual' });
  const spoken = element('p', { class: 'for-screen-readers', 'aria-live': 'polite' });
  const remove = (notice: HTMLElement) => {
    notice.remove();
    if (list.childElementCount === 0) list.hidePopover();
  };
  return {
    element: element('div', {}, list, spoken),
    notify: (notice) => {
      const shown = createNotice(notice, () => remove(shown));
      list.append(shown);
      while (list.childElementCount > maxShown) list.firstElementChild?.remove();
      // What was opened last lies on top, so that notices are above a dialog that has come since.
      list.hidePopover();
      list.showPopover();
      if (notice.tone !== 'bad') setTimeout(() => remove(shown), shownForMs);
    },
    announce: (text) => {
      spoken.textContent = text;
    },
  };
}

function createNotice({ text, tone, action }: Notice, close: () => void): HTMLElement {
  const act = () => {
    close();
    action?.run();
  };
  return element(
    'div',
    { class: `notice ${tone}` },
    element('p', {}, text),
    action && element('button', { type: 'button', class: 'quiet', on: { click: act } }, action.label),
    element('button', { type: 'button', class: 'icon', 'aria-label': 'Close', on: { click: close } }, '×'),
  );
}
