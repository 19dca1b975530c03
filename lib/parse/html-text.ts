import { HTMLElement, NodeType, TextNode, type Node } from 'node-html-parser';

/** Parts of a page that are no part of what it says. */
const dropped = new Set(
  'script style template noscript svg iframe object title nav footer aside form button select dialog'.split(
    ' ',
  ),
);
const blocks = new Set(
  (
    'html head body main article section div header p blockquote figure figcaption address details summary dl dt dd ' +
    'center fieldset hgroup search table caption thead tbody tfoot tr td th ul ol menu li pre hr h1 h2 h3 h4 h5 h6'
  ).split(' '),
);

/** Lower case; empty for what is no element. */
export function tagOf(node: Node): string {
  return node instanceof HTMLElement ? (node.rawTagName?.toLowerCase() ?? '') : '';
}

/** Whether the element starts and ends a line of its own. */
export function isBlock(element: HTMLElement): boolean {
  return blocks.has(tagOf(element));
}

/** Whether neither the element nor anything in it is read. The header of an article is read: it has the title. */
export function isDropped(element: HTMLElement, insideArticle: boolean): boolean {
  const tag = tagOf(element);
  return dropped.has(tag) || (tag === 'header' && !insideArticle) || element.hasAttribute('hidden');
}

/**
 * What a node adds to running text: white space collapsed, entities decoded, `<br>` and the edges of blocks as line
 * ends, an image as its alternative text. Several of these joined want `tidy`.
 */
export function inlineText(node: Node): string {
  if (node.nodeType === NodeType.TEXT_NODE) return node.text.replace(/\s+/g, ' ');
  if (!(node instanceof HTMLElement) || isDropped(node, true)) return '';
  const tag = tagOf(node);
  if (tag === 'br') return '\n';
  if (tag === 'img') return node.getAttribute('alt')?.replace(/\s+/g, ' ') ?? '';
  if (tag === 'pre') return `\n${rawText(node)}\n`;
  const text = node.childNodes.map(inlineText).join('');
  return isBlock(node) ? `\n${text}\n` : text;
}

/** Text of a node with its white space as it stands, as `<pre>` shows it. */
export function rawText(node: Node): string {
  if (node.nodeType === NodeType.TEXT_NODE) return node.text;
  return tagOf(node) === 'br' ? '\n' : node.childNodes.map(rawText).join('');
}

/** Running text without empty lines and without spaces where lines and pieces meet. */
export function tidy(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd().replace(/(\S) {2,}/g, '$1 '))
    .filter((line) => line !== '')
    .map((line, index) => (index === 0 ? line.trimStart() : line.replace(/^ (?! )/, '')))
    .join('\n');
}

/** Character references of HTML to the characters they stand for. */
export function decodeEntities(text: string): string {
  return text.includes('&') ? new TextNode(text, null, [0, 0]).text : text;
}
