import type { Token } from './tokens.ts';

/** Phrases of two words that mean one; their parts may stand up to two words apart ("turn my card off"). */
const phrases: ReadonlyMap<string, readonly (readonly [second: string, meaning: string])[]> = new Map(
  Object.entries({
    log: [
      ['in', 'login'],
      ['into', 'login'],
      ['on', 'login'],
      ['onto', 'login'],
      ['out', 'logout'],
      ['off', 'logout'],
    ],
    sign: [
      ['in', 'login'],
      ['into', 'login'],
      ['on', 'login'],
      ['out', 'logout'],
      ['off', 'logout'],
      ['up', 'register'],
    ],
    turn: [
      ['on', 'enable'],
      ['off', 'disable'],
      ['down', 'reject'],
    ],
    switch: [
      ['on', 'enable'],
      ['off', 'disable'],
    ],
    top: [['up', 'topup']],
    set: [['up', 'setup']],
    back: [['up', 'backup']],
    call: [['off', 'cancel']],
    fill: [
      ['in', 'complete'],
      ['out', 'complete'],
    ],
    show: [['up', 'appear']],
    find: [['out', 'know']],
    pick: [['up', 'collect']],
    hand: [['in', 'submit']],
    get: [['rid', 'remove']],
    throw: [['away', 'discard']],
    wi: [['fi', 'wifi']],
    e: [['mail', 'email']],
    at: [
      ['least', 'minimum'],
      ['most', 'maximum'],
    ],
    up: [['to', 'maximum']],
    how: [['come', 'why']],
    out: [['of', 'from']],
    credit: [['card', 'creditcard']],
    debit: [['card', 'debitcard']],
  }),
);

const reach = 3;
const closed = new Set(['at', 'up', 'how', 'out', 'wi', 'e', 'get', 'back']);

/** Joins such phrases: the first token takes their meaning, the second is taken. */
export function joinPhrases(tokens: readonly Token[], root: (word: string) => string): void {
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    const first = phrases.has(token.text) ? token.text : root(token.text);
    const seconds = phrases.get(first);
    if (!seconds) continue;
    const last = index + (closed.has(first) ? 1 : reach);
    for (let at = index + 1; at <= last && at < tokens.length; at++) {
      const found = seconds.find(([second]) => second === tokens[at]?.text);
      if (!found || tokens[at]?.kind !== 'word') continue;
      // "sign up" in two steps: "log in to", never "turn … in … on".
      token.text = found[1];
      (tokens[at] as Token).kind = 'taken';
      break;
    }
  }
}
