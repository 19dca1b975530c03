import { iconButton } from '../shell/button.ts';
import { element, replaceChildren } from '../shell/dom.ts';
import type { UploadPlan } from './upload-plan.ts';

/** Which files were not taken, and why. */
export interface LeftOut {
  element: HTMLElement;
  show: (files: UploadPlan['leftOut']) => void;
}

/** A folder may hold thousands of pictures; so many are named. */
const mostNamed = 20;

/** Creates its place, which is empty until something is left out; `orphaned` takes the focus when it is closed. */
export function createLeftOut(orphaned: () => void): LeftOut {
  const place = element('div', { class: 'left-out', role: 'status' });
  const show: LeftOut['show'] = (files) => {
    if (files.length === 0) return place.replaceChildren();
    const count = files.length === 1 ? '1 file was not taken' : `${files.length} files were not taken`;
    const close = () => {
      place.replaceChildren();
      orphaned();
    };
    replaceChildren(
      place,
      element('p', {}, element('strong', {}, count)),
      iconButton({ name: 'close', label: 'Close' }, close),
      element('ul', {}, ...files.slice(0, mostNamed).map(({ path, problem }) => line(path, problem))),
      files.length > mostNamed && element('p', {}, `and ${files.length - mostNamed} more`),
    );
  };
  return { element: place, show };
}

function line(path: string, problem: string): HTMLElement {
  return element('li', {}, element('span', { class: 'document-file' }, path), ` ${problem}`);
}
