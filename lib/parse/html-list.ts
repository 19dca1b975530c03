import { HTMLElement, type Node } from 'node-html-parser';
import { inlineText, tagOf, tidy } from './html-text.ts';

/** The items of a list, each whole: its own text after a marker, the lists in it indented below. */
export function listItems(list: HTMLElement): string[] {
  const ordered = tagOf(list) === 'ol';
  const first = Number(list.getAttribute('start') ?? 1) || 1;
  const items: string[] = [];
  for (const child of list.childNodes) {
    if (!(child instanceof HTMLElement)) continue;
    // Markup in the wild puts lists straight into lists; they belong to the item before.
    if (isList(child)) items.push(...listItems(child).map(indent));
    else {
      const item = itemText(child);
      if (item !== '') items.push(`${ordered ? `${first + items.length}.` : '-'} ${item}`);
    }
  }
  return items;
}

function itemText(item: HTMLElement): string {
  let own = '';
  const nested: string[] = [];
  const visit = (node: Node): void => {
    if (node instanceof HTMLElement && isList(node)) nested.push(...listItems(node).map(indent));
    else own += inlineText(node);
  };
  for (const node of item.childNodes) visit(node);
  return [tidy(own), ...nested].filter((line) => line !== '').join('\n');
}

function isList(element: HTMLElement): boolean {
  return /^(?:ul|ol|menu)$/.test(tagOf(element));
}

function indent(text: string): string {
  return `  ${text.replaceAll('\n', '\n  ')}`;
}
