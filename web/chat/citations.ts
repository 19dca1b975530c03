import type { Source } from '../../lib/rag/types.ts';
import { element } from '../shell/dom.ts';
import { lastSentence } from './highlight.ts';

/** A source, and the sentence that cites it where one does. */
export interface Citation {
  source: Source;
  citing?: string;
}

const marker = /\[(\d{1,4}(?:\s*,\s*\d{1,4})*)\]/;

/** Makes buttons of a block's citation markers. Code and links keep theirs, and so do numbers without a source. */
export function linkCitations(
  block: HTMLElement,
  sources: readonly Source[],
  open: (citation: Citation) => void,
): void {
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  const texts: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) texts.push(node as Text);
  for (const text of texts) {
    if (text.parentElement?.closest('code, a')) continue;
    // Every second part is the numbers of a marker.
    const parts = text.data.split(marker);
    if (parts.length === 1) continue;
    const nodes = parts.flatMap((part, index) =>
      index % 2 === 0 ? [part] : toButtons(part, sources, block, open),
    );
    text.replaceWith(...nodes);
  }
}

function toButtons(
  numbers: string,
  sources: readonly Source[],
  block: HTMLElement,
  open: (citation: Citation) => void,
): (string | HTMLElement)[] {
  return numbers.split(',').map((number) => {
    const source = sources.find(({ n }) => n === Number(number));
    if (!source) return `[${number.trim()}]`;
    const label = `Source ${source.n}: ${source.title}`;
    const button = element(
      'button',
      {
        ...{ type: 'button', class: 'citation', 'aria-label': label, title: label },
        on: { click: () => open({ source, citing: sentenceBefore(button, block) }) },
      },
      // Brackets are seen by who copies the text.
      element('span', { class: 'bracket' }, '['),
      String(source.n),
      element('span', { class: 'bracket' }, ']'),
    );
    return button;
  });
}

function sentenceBefore(button: HTMLElement, block: HTMLElement): string {
  const part = button.closest('li, td, th, p, h3, h4, h5, h6') ?? block;
  const range = document.createRange();
  range.setStart(part, 0);
  range.setEndBefore(button);
  return lastSentence(range.toString());
}
