import type { Token } from './tokens.ts';

const months = 'january february march april may june july august september october november december'.split(
  ' ',
);
const weekdays = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
const holidays = new Set(
  'christmas easter thanksgiving halloween ramadan diwali hanukkah passover'.split(' '),
);
const loose = new Set(
  `today tomorrow yesterday tonight morning noon afternoon evening midnight night weekend spring summer autumn
  winter`.split(/\s+/),
);
const deictic = new Set('next last this previous past coming current'.split(' '));
const spans = new Set('day week month year quarter semester term fall'.split(' '));
/** What stands before "may", "march" or "fall" where they are times and no verbs. */
const timeWords = new Set(
  'in by since until till of next last this from before after during every early late'.split(' '),
);

/** When a question speaks of. */
export interface Times {
  /** Days, months, years, hours: without one of them, the question is another. */
  exact: Set<string>;
  /** "today", "this morning", "last week": often said in passing. */
  loose: Set<string>;
}

/** Finds the times and marks their tokens, so that none is read as a number. */
export function readTimes(tokens: Token[]): Times {
  const times: Times = { exact: new Set(), loose: new Set() };
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    const found = exactTime(tokens, index);
    if (found) {
      for (const each of found) times.exact.add(each);
      token.kind = 'date';
      continue;
    }
    const span = looseTime(tokens, index);
    if (!span) continue;
    times.loose.add(span);
    token.kind = 'date';
  }
  return times;
}

function exactTime(tokens: Token[], index: number): string[] | undefined {
  const { text } = tokens[index] as Token;
  const iso = /^(\d{4})-(\d{1,2})(?:-(\d{1,2}))?$/.exec(text);
  if (iso) return [`year ${iso[1]}`, `month ${Number(iso[2])}`, ...(iso[3] ? [`day ${Number(iso[3])}`] : [])];
  if (/^\d{1,2}[./-]\d{1,2}[./-](?:\d{2}|\d{4})$/.test(text))
    return [`date ${text.replaceAll(/[./-]/g, '-')}`];
  if (/^q[1-4]$/.test(text)) return [text];
  if (holidays.has(text)) return [text];
  const weekday = weekdays.find((each) => text === each || text === `${each}s`);
  const before = tokens[index - 1]?.text ?? '';
  if (weekday) return [deictic.has(before) && before !== 'this' ? `${before} ${weekday}` : weekday];
  const month = monthOf(tokens, index);
  if (month !== undefined) return [`month ${month}`, ...dayBeside(tokens, index)];
  return clockTime(tokens, index) ?? year(tokens, index);
}

function monthOf(tokens: Token[], index: number): number | undefined {
  const { text } = tokens[index] as Token;
  const number = months.findIndex(
    (each) => text === each || (text.length <= 4 && text.length > 2 && each.startsWith(text)),
  );
  if (number < 0) return undefined;
  if (/^(?:may|march|mar)$/.test(text) && !isTimeBeside(tokens, index)) return undefined;
  return number + 1;
}

function isTimeBeside(tokens: Token[], index: number): boolean {
  const before = tokens[index - 1]?.text ?? '';
  return timeWords.has(before) || dayOf(before) !== undefined || /^\d/.test(tokens[index + 1]?.text ?? '');
}

function dayBeside(tokens: Token[], index: number): string[] {
  for (const near of [index - 1, index + 1, tokens[index - 1]?.text === 'of' ? index - 2 : -1]) {
    const token = tokens[near];
    const day = token?.kind === 'word' ? dayOf(token.text) : undefined;
    if (!token || day === undefined) continue;
    token.kind = 'taken';
    return [`day ${day}`];
  }
  return [];
}

function dayOf(text: string): number | undefined {
  const found = /^(\d{1,2})(?:st|nd|rd|th)?$/.exec(text);
  const day = Number(found?.[1]);
  return day >= 1 && day <= 31 ? day : undefined;
}

function clockTime(tokens: Token[], index: number): string[] | undefined {
  const { text } = tokens[index] as Token;
  const next = tokens[index + 1];
  const clock = /^(\d{1,2})(?:[:.](\d{2}))?(am|pm)?$/.exec(text);
  if (!clock) return undefined;
  const isSplit = next !== undefined && /^(?:am|pm)$/.test(next.text) && !clock[3];
  const half = clock[3] ?? (isSplit ? next.text : undefined);
  if (!half && !/^\d{1,2}:\d{2}$/.test(text)) return undefined;
  if (isSplit) next.kind = 'taken';
  const hour = (Number(clock[1]) % (half ? 12 : 24)) + (half === 'pm' ? 12 : 0);
  return [`time ${hour}:${clock[2] ?? '00'}`];
}

/** A figure that is most likely a year: four digits, and no amount of anything. */
function year(tokens: Token[], index: number): string[] | undefined {
  const { text } = tokens[index] as Token;
  if (!/^(?:19|20)\d{2}$/.test(text) || /^[$£€¥]$/.test(tokens[index - 1]?.text ?? '')) return undefined;
  return [`year ${text}`];
}

function looseTime(tokens: readonly Token[], index: number): string | undefined {
  const { text } = tokens[index] as Token;
  const before = tokens[index - 1]?.text ?? '';
  const singular = text.replace(/s$/, '');
  if (singular === 'fall' && (timeWords.has(before) || spans.has(tokens[index + 1]?.text ?? '')))
    return 'autumn';
  if (loose.has(singular)) {
    const time = singular === 'night' ? 'evening' : singular;
    return deictic.has(before) && before !== 'this' ? `${before} ${time}` : time;
  }
  return spans.has(singular) && deictic.has(before) ? `${before} ${singular}` : undefined;
}
