import { element, replaceChildren } from '../shell/dom.ts';
import type { TurnView } from './turn-view.ts';

/** The turns of a conversation, or what stands there without any. */
export interface TurnList {
  element: HTMLElement;
  /** Shows these alone, at their end. */
  show(views: readonly TurnView[]): void;
  add(view: TurnView): void;
  removeLast(): void;
  /** Shows what the last turn has come to, with the next picture that the browser paints. */
  refresh(): void;
}

/** Creates the list. It follows an answer as it grows, until its question is at the top or somebody scrolls. */
export function createTurnList(empty: HTMLElement): TurnList {
  const whole = element('div', { class: 'turns' });
  let views: TurnView[] = [];
  let frame = 0;
  let followedTo = 0;
  const follow = () => {
    const last = views.at(-1);
    if (!last) return;
    const { scrollHeight } = document.documentElement;
    const top = last.element.getBoundingClientRect().top + scrollY - topMargin;
    scrollTo({ top: Math.min(scrollHeight - innerHeight, top), behavior: 'instant' });
    followedTo = scrollY;
  };
  const render = () => {
    replaceChildren(whole, ...(views.length === 0 ? [empty] : views.map((view) => view.element)));
    follow();
  };
  return {
    element: whole,
    show: (all) => {
      views = [...all];
      render();
    },
    add: (view) => {
      views.push(view);
      render();
    },
    removeLast: () => {
      views.pop();
      render();
    },
    refresh: () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => {
        const isFollowing = Math.abs(scrollY - followedTo) < 8;
        views.at(-1)?.update();
        if (isFollowing) follow();
      });
    },
  };
}

/** What the page's top covers, in pixels. */
const topMargin = 72;
