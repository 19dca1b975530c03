import type { ParsedDocument } from '../rag/ports/originals.ts';
import { createOutline } from './outline.ts';

/** Plain text: a paragraph ends at a blank line. Line ends are `\n` already. */
export function parsePlainText(text: string): ParsedDocument {
  const outline = createOutline();
  let paragraph: string[] = [];
  let line = 0;
  for (const content of text.split('\n')) {
    line += 1;
    if (content.trim() !== '') {
      paragraph.push(content);
      continue;
    }
    outline.add('text', paragraph.join('\n'), { line: line - paragraph.length });
    paragraph = [];
  }
  outline.add('text', paragraph.join('\n'), { line: line - paragraph.length + 1 });
  return { blocks: outline.blocks };
}
