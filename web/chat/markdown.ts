import DOMPurify from 'dompurify';
import { Marked } from 'marked';
import { element } from '../shell/dom.ts';
import { openSafely } from './links.ts';

/** A text that grows, shown as Markdown. Only blocks that changed are made anew, while it streams that is the last one. */
export interface MarkdownView {
  element: HTMLElement;
  show(text: string): void;
}

/** Creates the view. `decorate` may change a block's content before it is shown. */
export function createMarkdownView(decorate: (block: HTMLElement) => void): MarkdownView {
  const whole = element('div', { class: 'markdown' });
  let shown: string[] = [];
  return {
    element: whole,
    show: (text) => {
      const blocks = blocksOf(text);
      blocks.forEach((source, index) => {
        if (shown[index] === source) return;
        const block = element('div', { class: 'block' }, toSafeNodes(source));
        openSafely(block);
        // Each part runs the way of its own script.
        for (const part of block.querySelectorAll(parts)) part.setAttribute('dir', 'auto');
        decorate(block);
        const before = whole.children[index];
        if (before) before.replaceWith(block);
        else whole.append(block);
      });
      while (whole.childElementCount > blocks.length) whole.lastElementChild?.remove();
      shown = blocks;
    },
  };
}

const parts = 'p, h3, h4, h5, h6, ul, ol, blockquote, table';

/** Answers are untrusted: markup in them is shown as text, and what Markdown is made to is let through by name. */
const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escaped(text),
    // Loading an image would tell a third party who reads this.
    image: ({ href, text }) => `<a href="${escaped(href)}">${escaped(text || 'Image')}</a>`,
    checkbox: ({ checked }) => (checked ? '☑ ' : '☐ '),
    // The page has headings of its own above these.
    heading({ tokens, depth }) {
      const level = Math.min(6, depth + 2);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
  },
  // A line like `[1]: so it is` would make links of citations.
  tokenizer: { def: () => undefined },
});

const allowed = {
  ALLOWED_TAGS: [
    ...['p', 'br', 'hr', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'li', 'blockquote', 'pre', 'code'],
    ...['strong', 'em', 'del', 'a', 'table', 'thead', 'tbody', 'tr', 'th', 'td'],
  ],
  ALLOWED_ATTR: ['href', 'start'],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
};

function blocksOf(text: string): string[] {
  return marked
    .lexer(text)
    .filter(({ type }) => type !== 'space')
    .map(({ raw }) => raw);
}

function toSafeNodes(source: string): DocumentFragment {
  const html = marked.parse(source, { async: false });
  return DOMPurify.sanitize(html, { ...allowed, RETURN_DOM_FRAGMENT: true });
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
