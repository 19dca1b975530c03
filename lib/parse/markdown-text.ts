import type { Token, Tokens } from 'marked';
import { parse } from 'node-html-parser';
import { decodeEntities, inlineText } from './html-text.ts';
import { tableText } from './table.ts';

/** What a reader sees of a block with inline tokens: no marks, no link targets, no comments. */
export function proseOf(block: { text: string; tokens?: Token[] | undefined }): string {
  if (!block.tokens) return decodeEntities(block.text).trim();
  return inline(block.tokens).trim();
}

/** A list item whole: marker, text, and what is nested in it indented below. */
export function itemText(list: Tokens.List, item: Tokens.ListItem, index: number): string {
  const marker = list.start === '' ? '- ' : `${list.start + index}. `;
  const parts = item.tokens.map((token) => itemPart(token)).filter((part) => part.trim() !== '');
  return marker + parts.join('\n').replaceAll('\n', '\n  ');
}

function itemPart(token: Token): string {
  switch (token.type) {
    case 'list':
      return (token as Tokens.List).items
        .map((item, index) => itemText(token as Tokens.List, item, index))
        .join('\n');
    case 'code':
      return (token as Tokens.Code).text;
    case 'table': {
      const { header, rows } = token as Tokens.Table;
      return tableText([header, ...rows].map((row) => row.map(proseOf)));
    }
    case 'blockquote':
      return ((token as Tokens.Blockquote).tokens ?? []).map(itemPart).join('\n');
    case 'space':
    case 'hr':
    case 'def':
      return '';
    default:
      return inline([token]).trim();
  }
}

function inline(tokens: readonly Token[]): string {
  return tokens.map(inlineToken).join('');
}

function inlineToken(token: Token): string {
  switch (token.type) {
    case 'br':
      return '\n';
    case 'checkbox':
      return token.raw;
    case 'html':
      return tagText(token.raw);
    case 'escape':
      return (token as Tokens.Escape).text;
    case 'codespan':
      return (token as Tokens.Codespan).text;
    case 'image':
      return decodeEntities((token as Tokens.Image).text);
    default:
      if ('tokens' in token && token.tokens) return inline(token.tokens);
      return 'text' in token ? decodeEntities(String(token.text)) : '';
  }
}

/** Text of inline HTML: a line end for `<br>`, the words of an image, nothing for any other tag or a comment. */
function tagText(html: string): string {
  return parse(html, { comment: false }).childNodes.map(inlineText).join('');
}
