import type { Token } from './tokens.ts';

/** How much a question denies. */
export interface Polarity {
  /** Words that deny, `not` and its like, without those that only dress the question up. */
  denials: number;
  /** Says in other words that something is not as it should be: "rejected", "still waiting". */
  isTrouble: boolean;
}

const deniers = new Set('not no never without none neither nor nothing nobody nowhere hardly'.split(' '));
/** What follows a denial that says nothing of the matter: "I don't know how", "not sure", "no idea", "or not". */
const waived = new Set(
  'know sure understand idea clear certain remember figure problem worry hesitate only mind'.split(' '),
);
const verbsThatAsk = new Set(
  'can could will would do does did is are was were has have had should must may isn'.split(' '),
);
const subjects = new Set('i you we he she it they there the this that my your'.split(' '));

/** Words that hold a denial, and what they deny. */
const denyingWords: ReadonlyMap<string, string> = new Map(
  Object.entries({
    unable: 'able',
    impossible: 'possible',
    incorrect: 'correct',
    incorrectly: 'correct',
    incomplete: 'complete',
    invalid: 'valid',
    unavailable: 'available',
    unsupported: 'supported',
    unsuccessful: 'successful',
    illegal: 'legal',
    unlawful: 'lawful',
    ineligible: 'eligible',
    forbidden: 'allowed',
    prohibited: 'allowed',
    banned: 'allowed',
    exclude: 'include',
    excludes: 'include',
    excluded: 'included',
    unnecessary: 'necessary',
    unrecognised: 'recognised',
    unrecognized: 'recognised',
    unverified: 'verified',
    unauthorised: 'authorised',
    unauthorized: 'authorised',
  }),
);

const trouble = new Set(
  `decline declined declining reject rejected rejecting deny denied refuse refused fail failed fails failing failure
  missing lost wrong error issue issues problem problems trouble stuck pending waiting wait waited awaiting delayed
  delay blocked broken stopped stops refusing yet cancelled canceled reverted difficulty struggling unknown strange
  mistake fraud fraudulent stolen`.split(/\s+/),
);

/** Reads what is denied and takes the words of denial out; what they deny stays, and `denied` tells which. */
export function readPolarity(tokens: readonly Token[]): Polarity & { denied: ReadonlySet<Token> } {
  const denied = new Set<Token>();
  let denials = 0;
  let isTrouble = false;
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    isTrouble ||= trouble.has(token.text);
    const inner = denyingWords.get(token.text);
    if (inner) {
      token.text = inner;
      denied.add(token);
      denials++;
    } else if (isDenier(tokens, index)) {
      token.kind = 'taken';
      if (isWaived(tokens, index)) continue;
      denials++;
      const next = tokens
        .slice(index + 1, index + 4)
        .find((each) => each.kind === 'word' && each.text.length > 3);
      if (next) denied.add(next);
    }
  }
  return { denials, isTrouble, denied };
}

function isDenier(tokens: readonly Token[], index: number): boolean {
  const { text } = tokens[index] as Token;
  if (deniers.has(text)) return true;
  // "no longer" is caught by "no"; "have yet to come" has not come.
  return text === 'yet' && tokens[index + 1]?.text === 'to';
}

function isWaived(tokens: readonly Token[], index: number): boolean {
  if (tokens[index - 1]?.text === 'or') return true;
  if (tokens.slice(index + 1, index + 3).some(({ text }) => waived.has(text))) return true;
  // "Can't I …?", "Isn't it …?": asked with doubt, not denied.
  const isFirst = index === 1 && verbsThatAsk.has(tokens[0]?.text ?? '');
  return isFirst && subjects.has(tokens[2]?.text ?? '');
}

/** Whether one question denies what the other does not. */
export function isPolarityOpposed(a: Polarity, b: Polarity): boolean {
  if ((a.denials === 0) === (b.denials === 0)) return false;
  const positive = a.denials === 0 ? a : b;
  const negative = a.denials === 0 ? b : a;
  return !(positive.isTrouble && !negative.isTrouble);
}
