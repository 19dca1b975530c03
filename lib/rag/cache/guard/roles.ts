const prepositions = new Set(
  `from to into onto in on at by for with of before after over under than against about between without via through
  until since above below inside outside as when if while`.split(/\s+/),
);
const sameRole: ReadonlyMap<string, string> = new Map([
  ['into', 'to'],
  ['onto', 'to'],
]);
const conjunctions = new Set(['and', 'or']);
const determiners = new Set(
  'a an the my your his her its our their this that these those any some own'.split(' '),
);
/** Tells which preposition leads each word of a question in, read from left to right. */
export interface RoleReader {
  /** Whether the word is a preposition, and so no content. */
  isPreposition(word: string): boolean;
  /** Takes in a little word. */
  lead(word: string): void;
  /** The preposition of the content word that comes now; '' if none. */
  next(): string;
}

/** "From my savings or checking account" leads savings and checking in; what follows them stands by itself. */
export function createRoleReader(): RoleReader {
  let role = '';
  let last = '';
  return {
    isPreposition: (word) => prepositions.has(word),
    lead(word) {
      if (prepositions.has(word)) role = sameRole.get(word) ?? word;
      else if (conjunctions.has(word)) role = last;
      else if (!determiners.has(word)) role = '';
    },
    next() {
      const led = role;
      // A conjunction after this phrase goes on with its preposition.
      if (led) last = led;
      role = '';
      return led;
    },
  };
}
