import { HTMLElement, type Node } from 'node-html-parser';
import { isDropped, tagOf } from './html-text.ts';

/** Parts of a page that lead elsewhere or ask for consent, whatever elements they are made of. */
export interface Boilerplate {
  has(element: HTMLElement): boolean;
}

const containers = /^(?:div|section|ul|ol|menu|table|p|dl)$/;
const roles = /^(?:navigation|banner|contentinfo|search|complementary|dialog|alertdialog|menu|menubar)$/;
const consent = /(?:^|[\s_-])(?:cookies?|consent|gdpr)(?:$|[\s_-])/i;
const aside =
  /(?:^|[\s_-])(?:nav|navbar|menu|breadcrumbs?|sidebar|related|recommended|share|social|newsletter|pager|pagination)(?:$|[\s_-])/i;

/** A consent banner is short; a chapter about cookies may have the same name. */
const longestBanner = 2000;
/** Fewer links are part of a sentence. */
const fewestLinks = 3;
/** The share of an element's letters in links from which on it is a list of them; text about things has a tenth. */
const linkShare = { any: 0.75, named: 0.4 } as const;

/** Judges the elements of one page by role, by name, and unless told to keep them by how much of their text is links. */
export function createBoilerplate({ keepLinks }: { keepLinks: boolean }): Boilerplate {
  const weighed = new WeakMap<Node, Weight>();
  return {
    has(element) {
      if (roles.test(element.getAttribute('role')?.toLowerCase() ?? '')) return true;
      if (!containers.test(tagOf(element))) return false;
      const { letters, linked, links } = weigh(element, weighed);
      const name = `${element.id} ${element.getAttribute('class') ?? ''}`;
      if (consent.test(name) && letters <= longestBanner) return true;
      if (keepLinks) return false;
      const share = aside.test(name) ? linkShare.named : linkShare.any;
      return links >= fewestLinks && linked >= letters * share;
    },
  };
}

/** What an element holds, in characters that are not white space. */
interface Weight {
  letters: number;
  linked: number;
  links: number;
}

function weigh(node: Node, known: WeakMap<Node, Weight>): Weight {
  const before = known.get(node);
  if (before) return before;
  const weight = node instanceof HTMLElement ? weighElement(node, known) : weighText(node);
  known.set(node, weight);
  return weight;
}

function weighElement(element: HTMLElement, known: WeakMap<Node, Weight>): Weight {
  const sum: Weight = { letters: 0, linked: 0, links: 0 };
  if (isDropped(element, true)) return sum;
  for (const child of element.childNodes) {
    const { letters, linked, links } = weigh(child, known);
    sum.letters += letters;
    sum.linked += linked;
    sum.links += links;
  }
  // An anchor without a target is a place to link to.
  if (tagOf(element) !== 'a' || !element.hasAttribute('href')) return sum;
  return { letters: sum.letters, linked: sum.letters, links: 1 };
}

function weighText(node: Node): Weight {
  return { letters: node.rawText.replace(/\s+/g, '').length, linked: 0, links: 0 };
}
