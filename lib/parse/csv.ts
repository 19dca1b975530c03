import { CsvError, parse } from 'csv-parse/sync';
import type { ParsedDocument } from '../rag/ports/originals.ts';
import { delimiterOf } from './csv-delimiter.ts';
import { unreadable } from './failure.ts';
import { createOutline, type Outline } from './outline.ts';
import { addRecord, recordCharacters } from './record.ts';
import { tableText } from './table.ts';

/** A longer header would leave the rows below it little room in a chunk. */
const longestHeader = recordCharacters / 3;

/**
 * A table of delimited values, its first row the header. Rows come in groups that fit into a chunk, each group below the
 * header again; where header or row is too long for that, each row is a record of `column: value`. Throws RagError
 * `unreadable_document` for a quotation that never ends.
 */
export function parseCsv(source: string): ParsedDocument {
  const outline = createOutline();
  const rows = createRows(outline);
  const { delimiter, body, bodyLine } = delimiterOf(source);
  try {
    parse(body, {
      delimiter,
      relax_quotes: true,
      relax_column_count: true,
      skip_empty_lines: true,
      on_record: (cells: string[], { lines }) => {
        rows.add(cells, bodyLine + lines - lineEnds(cells) - 1);
        // So that the library keeps none.
        return null;
      },
    });
  } catch (error) {
    throw error instanceof CsvError ? unclosed(error, bodyLine) : error;
  }
  rows.end();
  return { blocks: outline.blocks };
}

/** Where a row starts: the library tells the line that it ends on. */
function lineEnds(cells: readonly string[]): number {
  return cells.reduce((sum, cell) => sum + cell.split('\n').length - 1, 0);
}

function createRows(outline: Outline) {
  let columns: string[] | undefined;
  let header = '';
  let group: string[] = [];
  let characters = 0;
  let groupLine = 0;

  function endGroup(): void {
    if (group.length > 0) outline.add('table', [header, ...group].join('\n'), { line: groupLine });
    group = [];
    characters = header.length;
  }

  return {
    add(cells: string[], line: number): void {
      const row = tableText([cells.map((cell) => cell.trim().replace(/\s*\n\s*/g, ' '))]);
      if (!columns) {
        columns = cells.map((cell) => cell.replace(/\s+/g, ' ').trim());
        header = row;
        return;
      }
      if (characters + row.length > recordCharacters) endGroup();
      if (header.length > longestHeader || header.length + row.length > recordCharacters) {
        const fields = cells.map((value, index) => ({ name: columns?.[index] ?? '', value }));
        addRecord(outline, fields, { line });
        return;
      }
      if (group.length === 0) groupLine = line;
      if (row !== '') group.push(row);
      characters += row.length + 1;
    },
    end(): void {
      endGroup();
      if (outline.blocks.length === 0) outline.add('text', header, { line: 1 });
    },
  };
}

function unclosed(error: CsvError, bodyLine: number): Error {
  const at =
    typeof error.lines === 'number' ? ` that ends the file at line ${bodyLine + error.lines - 1}` : '';
  return unreadable(
    `The table has a quotation mark without its second one${at}. Correct it, or double marks that are part of a value, and put it again.`,
  );
}
