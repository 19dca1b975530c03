/** Fewer pages do not show what repeats. */
const fewestPages = 4;
/** Longer paragraphs are text, even if they repeat. */
const longestRunningText = 80;

/**
 * Pages without the header and footer that run over more than half of them. Wary, for text that is lost is worse than
 * a page number too much: only the first and last paragraph of a page of several, only short ones; a header must be
 * the same to the letter, a footer but for its numbers.
 */
export function withoutRunningText(pages: readonly (readonly string[])[]): string[][] {
  if (pages.length < fewestPages) return pages.map((page) => [...page]);
  const headers = repeated(pages.map((page) => headerOf(page)));
  const footers = repeated(pages.map((page) => footerOf(page)));
  return pages.map((page) => {
    const start = headers.has(headerOf(page)) ? 1 : 0;
    const end = footers.has(footerOf(page)) ? page.length - 1 : page.length;
    return end > start ? page.slice(start, end) : [...page];
  });
}

function headerOf(page: readonly string[]): string | undefined {
  const header = page[0];
  if (page.length < 2 || !header || header.length > longestRunningText) return undefined;
  return /^(?:page )?\d+(?: (?:of|\/) \d+)?$/i.test(header) ? 'page number' : header;
}

function footerOf(page: readonly string[]): string | undefined {
  const footer = page.at(-1);
  if (page.length < 2 || !footer || footer.length > longestRunningText) return undefined;
  // A sentence that differs only in its figures states facts.
  return /[.!?:;]$/.test(footer) ? undefined : footer.replace(/\d+/g, '#');
}

function repeated(texts: readonly (string | undefined)[]): Set<string | undefined> {
  const counts = new Map<string, number>();
  for (const text of texts) if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count > texts.length / 2).map(([text]) => text));
}
