import { lexer, type Token, type Tokens } from 'marked';
import type { ParsedDocument } from '../rag/ports/originals.ts';
import { cutFrontMatter } from './front-matter.ts';
import { addHtml } from './html.ts';
import { shortLines } from './markdown-lines.ts';
import { itemText, proseOf } from './markdown-text.ts';
import { createOutline, type Outline } from './outline.ts';
import { tableText } from './table.ts';

/** Markdown as GitHub reads it. Link targets and comments are dropped, front matter gives at most the title. */
export function parseMarkdown(source: string): ParsedDocument {
  const { title, body, bodyLine } = cutFrontMatter(source);
  const lines = shortLines(body);
  const outline = createOutline((line) => lines.sourceLine(line) + bodyLine - 1);
  addTokens(lexer(lines.text), 1, outline, false);
  const named = title ?? outline.firstTopHeading;
  return { ...(named && { title: named }), blocks: outline.blocks };
}

/** `line` is where the first token starts; every token keeps its source, so that lines can be counted along. */
function addTokens(tokens: readonly Token[], line: number, outline: Outline, quoted: boolean): void {
  let next = line;
  for (const token of tokens) {
    addToken(token as MarkdownToken, next + leadingLines(token.raw), outline, quoted);
    next += lineEnds(token.raw);
  }
}

type MarkdownToken =
  | Tokens.Heading
  | Tokens.Paragraph
  | Tokens.Text
  | Tokens.Code
  | Tokens.List
  | Tokens.Table
  | Tokens.Blockquote
  | Tokens.HTML;

function addToken(token: MarkdownToken, line: number, outline: Outline, quoted: boolean): void {
  switch (token.type) {
    case 'heading':
      // A heading in a quotation is not one of this document's.
      if (quoted) outline.add('text', proseOf(token), { line });
      else outline.heading(token.depth, proseOf(token), { line });
      break;
    case 'paragraph':
    case 'text':
      outline.add('text', proseOf(token), { line });
      break;
    case 'code':
      // The text of a fenced block starts a line below the fence.
      outline.add('code', token.text, { line: token.codeBlockStyle === 'indented' ? line : line + 1 });
      break;
    case 'list':
      addList(token, line, outline);
      break;
    case 'table':
      outline.add('table', tableText([token.header, ...token.rows].map((row) => row.map(proseOf))), { line });
      break;
    case 'blockquote':
      addTokens(token.tokens, line, outline, true);
      break;
    case 'html':
      addHtml(token.raw, outline, { line });
      break;
  }
}

function addList(list: Tokens.List, line: number, outline: Outline): void {
  let next = line;
  for (const [index, item] of list.items.entries()) {
    outline.add('text', itemText(list, item, index), { line: next + leadingLines(item.raw) });
    next += lineEnds(item.raw);
  }
}

function leadingLines(raw: string): number {
  let count = 0;
  while (raw[count] === '\n') count += 1;
  return count;
}

function lineEnds(raw: string): number {
  let count = 0;
  for (let at = raw.indexOf('\n'); at !== -1; at = raw.indexOf('\n', at + 1)) count += 1;
  return count;
}
