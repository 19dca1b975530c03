import { HTMLElement, parse, type Node } from 'node-html-parser';
import type { ParsedDocument } from '../rag/ports/originals.ts';
import { createBoilerplate, type Boilerplate } from './html-boilerplate.ts';
import { listItems } from './html-list.ts';
import { addTable, isLayoutTable } from './html-table.ts';
import { inlineText, isBlock, isDropped, rawText, tagOf, tidy } from './html-text.ts';
import { createOutline, type Outline, type Place } from './outline.ts';

/** A page on which less than this is no link is there for its links. */
const shortestPage = 200;

/**
 * HTML: the `main` or the only `article` where there is one, without navigation, scripts, forms, page header and footer,
 * lists of links and consent banners.
 */
export function parseHtml(html: string): ParsedDocument {
  const root = parseMarkup(html);
  const content = root.querySelector('main, [role=main]') ?? onlyArticle(root) ?? root;
  let outline = outlineOf(content, { keepLinks: false });
  if (charactersOf(outline) < shortestPage) outline = outlineOf(content, { keepLinks: true });
  const heading = root.querySelector('title');
  const title = (heading && rawText(heading).replace(/\s+/g, ' ').trim()) || outline.firstTopHeading;
  return { ...(title && { title }), blocks: outline.blocks };
}

function outlineOf(content: HTMLElement, links: { keepLinks: boolean }): Outline {
  const outline = createOutline();
  createWriter(outline, {}, createBoilerplate(links)).page(content);
  return outline;
}

function charactersOf(outline: Outline): number {
  return outline.blocks.reduce((sum, block) => sum + (block.kind === 'heading' ? 0 : block.text.length), 0);
}

/** A piece of HTML inside another format: its blocks go to where that format stands. */
export function addHtml(html: string, outline: Outline, place: Place): void {
  createWriter(outline, place).page(parseMarkup(html));
}

function parseMarkup(html: string): HTMLElement {
  // The parser takes declarations (`<!doctype`, `<?xml`) for text.
  const markup = withoutOpenComments(html).replace(/<(?:!(?!--)|\?)[^<>]*>/g, '');
  return parse(markup, {
    comment: false,
    // Otherwise what is still open at the end goes, with much of its text: HTML need not close cells, rows and items.
    parseNoneClosedTags: true,
    blockTextElements: { script: false, style: false },
  });
}

/** The parser looks for the end of each comment, to the end of the page if there is none. */
function withoutOpenComments(html: string): string {
  const lastEnd = html.lastIndexOf('-->') + 1;
  return html.slice(0, lastEnd) + html.slice(lastEnd).replaceAll('<!--', '');
}

/** Several articles are a list of them, and each belongs to the page. */
function onlyArticle(root: HTMLElement): HTMLElement | undefined {
  const articles = root.querySelectorAll('article');
  return articles.length === 1 ? articles[0] : undefined;
}

/** Walks elements in reading order; text between two block edges is one block of the outline. */
function createWriter(outline: Outline, place: Place, boilerplate?: Boilerplate) {
  let running = '';

  function endRun(): void {
    outline.add('text', tidy(running), place);
    running = '';
  }

  function walk(node: Node, insideArticle: boolean): void {
    if (!(node instanceof HTMLElement) || /^(?:br|img)$/.test(tagOf(node))) {
      running += inlineText(node);
    } else if (!isDropped(node, insideArticle) && !boilerplate?.has(node)) {
      if (isBlock(node)) block(node, insideArticle);
      else children(node, insideArticle);
    }
  }

  function children(element: HTMLElement, insideArticle: boolean): void {
    const inside = insideArticle || /^(?:article|main|section)$/.test(tagOf(element));
    for (const child of element.childNodes) walk(child, inside);
  }

  function block(element: HTMLElement, insideArticle: boolean): void {
    endRun();
    const tag = tagOf(element);
    if (/^h[1-6]$/.test(tag)) outline.heading(Number(tag[1]), inlineText(element), place);
    else if (tag === 'pre') outline.add('code', rawText(element).replace(/^\n+/, '').trimEnd(), place);
    else if (/^(?:ul|ol|menu)$/.test(tag))
      for (const item of listItems(element)) outline.add('text', item, place);
    else if (tag === 'table' && !isLayoutTable(element)) addTable(element, outline, place);
    else children(element, insideArticle);
    endRun();
  }

  return {
    page(element: HTMLElement): void {
      children(element, false);
      endRun();
    },
  };
}
