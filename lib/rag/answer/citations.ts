/** Numbers in brackets: long enough for twenty of them, bounded so that no more than this is ever held back. */
const brackets = /\[[\d,\s]{1,120}\]/g;

/** The end of a text that may still become that. */
const openBrackets = /\[[\d,\s]{0,120}$/;

/** A marker as models write it: `[3]` or `[1, 4]`. */
const marker = /^\[\d{1,4}(?:\s*,\s*\d{1,4})*\]$/;

/** Checks citation markers while an answer streams by. One for each answer. */
export interface CitationChecker {
  /** Takes the next text and returns what may be shown of it; the start of a possible marker is held back. */
  push(text: string): string;
  /** The rest that was held back. */
  flush(): string;
  /** Numbers that were cited so far, ascending. */
  cited(): number[];
}

/**
 * Lets markers of sources 1 to `sourceCount` through and takes any other number out of the text: a citation points at
 * something that was in the context, or is not shown. An index in code (`items[0]`) is not a citation and stays.
 */
export function createCitationChecker(sourceCount: number): CitationChecker {
  const cited = new Set<number>();
  let held = '';
  let previous = '';

  const check = (text: string) => {
    const checked = text.replaceAll(brackets, (whole, offset: number) => {
      if (!marker.test(whole)) return whole;
      const numbers = (whole.match(/\d+/g) ?? []).map(Number);
      const valid = numbers.filter((n) => n >= 1 && n <= sourceCount);
      const before = offset > 0 ? text[offset - 1] : previous;
      if (valid.length === 0 && /[\w)]/.test(before ?? '')) return whole;
      for (const n of valid) cited.add(n);
      return valid.length > 0 ? `[${valid.join(', ')}]` : '';
    });
    previous = text.at(-1) ?? previous;
    return checked;
  };

  return {
    push: (text) => {
      const whole = held + text;
      const open = openBrackets.exec(whole);
      held = open ? open[0] : '';
      return check(open ? whole.slice(0, open.index) : whole);
    },
    flush: () => {
      const rest = held;
      held = '';
      return check(rest);
    },
    cited: () => Array.from(cited).toSorted((a, b) => a - b),
  };
}
