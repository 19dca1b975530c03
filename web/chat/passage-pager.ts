import { element } from '../shell/dom.ts';
import { icon } from '../shell/icons.ts';

/** Which passages of how many are shown, from 0, and how to turn to another. */
export interface PassagePages {
  first: { chunk: number };
  last: number;
  chunks: number;
  turnTo: (this: void, chunk: number) => void;
}

/** Buttons to the passages before and after those that are shown. */
export function createPassagePager({ first: { chunk }, last, chunks, turnTo }: PassagePages): HTMLElement {
  const where =
    chunk === last
      ? `Passage ${chunk + 1} of ${chunks}`
      : `Passages ${chunk + 1} to ${last + 1} of ${chunks}`;
  const toPrevious = {
    type: 'button',
    class: 'quiet',
    disabled: chunk === 0,
    on: { click: () => turnTo(chunk - 1) },
  };
  const toNext = {
    type: 'button',
    class: 'quiet',
    disabled: last >= chunks - 1,
    on: { click: () => turnTo(last + 1) },
  };
  return element(
    'div',
    { class: 'pager' },
    element('button', toPrevious, icon('previous'), 'Previous'),
    element('span', {}, where),
    element('button', toNext, 'Next', icon('next')),
  );
}
