import { rootOf } from './roots.ts';
import type { Token } from './tokens.ts';

/** Two words that mean one, and what they mean. Of the first kind, other words may stand between: "turn my card off". */
const splitPhrases = `
  log in login, log into login, log on login, log onto login, log out logout, log off logout,
  sign in login, sign into login, sign on login, sign out logout, sign off logout, sign up register,
  turn on enable, turn off disable, turn down reject, switch on enable, switch off disable,
  top up topup, set up setup, call off cancel, fill in complete, fill out complete, show up appear,
  find out know, pick up collect, hand in submit, throw away discard`;
const firmPhrases = `
  back up backup, get rid remove, two times twice, united states usa, united kingdom uk, wi fi wifi, e mail email,
  at least minimum, at most maximum, up to maximum, how come why, out of from, credit card creditcard,
  debit card debitcard`;

interface Phrase {
  second: string;
  meaning: string;
  /** How many tokens after the first one the second can stand. */
  reach: number;
}

const phrases = new Map<string, Phrase[]>();
for (const [text, reach] of [[splitPhrases, 3] as const, [firmPhrases, 1] as const]) {
  for (const phrase of text.split(',')) {
    const [first = '', second = '', meaning = ''] = phrase.trim().split(' ');
    phrases.set(first, [...(phrases.get(first) ?? []), { second, meaning, reach }]);
  }
}

/** Joins such phrases: the first token takes their meaning, the second is taken. */
export function joinPhrases(tokens: readonly Token[]): void {
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    const known = phrases.get(token.text) ?? phrases.get(rootOf(token.text)) ?? [];
    for (const { second, meaning, reach } of known) {
      const found = tokens
        .slice(index + 1, index + 1 + reach)
        .find(({ kind, text }) => kind === 'word' && (text === second || text === `${second}s`));
      if (!found) continue;
      token.text = meaning;
      found.kind = 'taken';
      break;
    }
  }
}
