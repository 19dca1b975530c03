/** A sentence, table row, list item or code block of a passage: what an answer is made of. */
export interface Statement {
  /** As it stands in the passage, its line breaks made spaces; code keeps them. */
  text: string;
  kind: 'sentence' | 'row' | 'code';
  /** What has to be known to understand it: the table's head, or the words that introduce the list. */
  lead: string;
}

interface Block {
  kind: 'text' | 'item' | 'row' | 'code' | 'heading';
  text: string;
}

/** No statement is longer: what is (a code block, a text without full stops) is left out. */
const maxStatementChars = 900;
const fence = /^\s*(```|~~~)/;
const item = /^\s*(?:[-*+•]|\d{1,2}[.)])\s+/;
const rule = /^\s*\|?\s*:?-{3,}[-:|\s]*$/;

/** The statements of a passage of Markdown or plain text, in order. */
export function toStatements(passage: string): Statement[] {
  const statements: Statement[] = [];
  let lead = '';
  let tableHead = '';
  for (const block of toBlocks(passage)) {
    if (block.kind === 'heading') lead = block.text;
    else if (block.kind === 'code') statements.push({ text: block.text, kind: 'code', lead });
    else if (block.kind === 'row') {
      if (tableHead) statements.push({ text: block.text, kind: 'row', lead: tableHead });
      tableHead ||= block.text;
      continue;
    } else {
      const sentences = toSentences(block.text);
      statements.push(...sentences.map((text) => ({ text, kind: 'sentence' as const, lead })));
      // "These are the limits:" introduces what follows, however many items that are.
      if (block.kind === 'text') lead = block.text.endsWith(':') ? (sentences.at(-1) ?? '') : '';
    }
    tableHead = '';
  }
  return statements.filter(({ text }) => text.length <= maxStatementChars && /[\p{L}\p{N}]/u.test(text));
}

/** Lines that belong together, as Markdown has it; other text falls into paragraphs. */
function toBlocks(passage: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | undefined;
  const begin = (kind: Block['kind'], text: string): void => {
    open = { kind, text };
    blocks.push(open);
  };
  for (const line of passage.split('\n')) {
    const trimmed = line.trim();
    if (open?.kind === 'code') {
      if (fence.test(line)) open = undefined;
      else open.text += open.text ? `\n${line}` : line;
    } else if (fence.test(line)) begin('code', '');
    else if (trimmed === '' || rule.test(line)) open = undefined;
    else if (/^#{1,6} /.test(trimmed)) begin('heading', trimmed.replace(/^#+ /, ''));
    else if (trimmed.startsWith('|') || trimmed.includes(' | ')) begin('row', trimmed);
    else if (item.test(line)) begin('item', trimmed.replace(item, ''));
    else if (open?.kind === 'text' || open?.kind === 'item') open.text += ` ${trimmed}`;
    else begin('text', trimmed);
  }
  return blocks;
}

const abbreviation = /(?:\b(?:e\.g|i\.e|vs|cf|approx|incl|no|nr|fig|dr|mr|mrs|ms|st)|(?:^|\s)\p{L})\.$/iu;

/** Sentences of a paragraph. A full stop ends one if a space and then no lower-case letter follow. */
function toSentences(paragraph: string): string[] {
  const sentences: string[] = [];
  for (const piece of paragraph.split(/(?<=[.!?…]["')\]`*_]*)\s+(?=[^\p{Ll}\s])/u)) {
    const previous = sentences.at(-1);
    if (previous !== undefined && (abbreviation.test(previous) || previous.length < 12)) {
      sentences[sentences.length - 1] = `${previous} ${piece}`;
    } else sentences.push(piece);
  }
  return sentences;
}
