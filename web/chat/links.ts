import { element } from '../shell/dom.ts';

/** Has all links of an answer open elsewhere, tell nothing of this page, and show where they lead. */
export function openSafely(block: HTMLElement): void {
  for (const link of block.querySelectorAll('a')) {
    const target = targetOf(link.href);
    // A link to nowhere is no more than its words.
    if (target === undefined) {
      link.replaceWith(...link.childNodes);
      continue;
    }
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    if (link.textContent !== link.getAttribute('href')) {
      link.append(element('span', { class: 'link-target' }, ` (${target})`));
    }
  }
}

/** Where an address leads, in as few words as will do: its host, or who gets the mail. */
export function targetOf(address: string): string | undefined {
  if (!URL.canParse(address)) return undefined;
  const { protocol, host, pathname } = new URL(address);
  return protocol === 'mailto:' ? pathname : host || undefined;
}
