import { HTMLElement } from 'node-html-parser';
import { inlineText, tagOf, tidy } from './html-text.ts';
import type { Outline, Place } from './outline.ts';
import { tableText } from './table.ts';

/** Whether the table arranges a page rather than states facts. */
export function isLayoutTable(table: HTMLElement): boolean {
  return contains(table, /^(?:table|h[1-6]|pre|form)$/);
}

/** The caption as text, the rows as a table; without header cells they are lines of text, for no line stands above them. */
export function addTable(table: HTMLElement, outline: Outline, place: Place): void {
  const rows: { cells: string[]; header: boolean }[] = [];
  visitRows(table, (row) => {
    const cells = row.childNodes.filter((cell) => /^t[dh]$/.test(tagOf(cell)));
    rows.push({
      cells: cells.map((cell) => tidy(inlineText(cell)).replaceAll('\n', ' ')),
      header: cells.length > 0 && cells.every((cell) => tagOf(cell) === 'th'),
    });
  });
  for (const child of table.childNodes) {
    if (tagOf(child) === 'caption') outline.add('text', tidy(inlineText(child)), place);
  }
  const text = tableText(rows.map((row) => row.cells));
  outline.add(rows[0]?.header ? 'table' : 'text', text, place);
}

function visitRows(element: HTMLElement, found: (row: HTMLElement) => void): void {
  for (const child of element.childNodes) {
    if (!(child instanceof HTMLElement)) continue;
    if (tagOf(child) === 'tr') found(child);
    else visitRows(child, found);
  }
}

function contains(element: HTMLElement, tags: RegExp): boolean {
  return element.childNodes.some(
    (child) => child instanceof HTMLElement && (tags.test(tagOf(child)) || contains(child, tags)),
  );
}
