import { rootOf } from './roots.ts';
import type { Token } from './tokens.ts';
import { functionWords } from './vocabulary.ts';

/** How much a question denies. */
export interface Polarity {
  /** Words that deny, `not` and its like, without those that only dress the question up. */
  denials: number;
  /** Says in other words that something is not as it should be: "rejected", "still waiting". */
  isTrouble: boolean;
  /** Roots of what is denied. */
  denied: ReadonlySet<string>;
}

const deniers = new Set('not no never without none neither nor nothing nobody nowhere hardly'.split(' '));
/** What follows a denial that says nothing of the matter: "I don't know how", "not sure", "no idea", "or not". */
const waived = new Set(
  'know sure understand idea clear certain figure problem worry hesitate only mind'.split(' '),
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
    waiting: 'arrived',
    awaiting: 'arrived',
    forget: 'remember',
    forgot: 'remember',
    forgotten: 'remember',
    wrong: 'correct',
    wrongly: 'correctly',
    unauthorised: 'authorised',
    unauthorized: 'authorised',
  }),
);

const trouble = new Set(
  `decline declined declining reject rejected rejecting deny denied refuse refused fail failed fails failing failure
  missing lost error issue issues problem problems trouble stuck pending waiting wait waited awaiting delayed
  delay blocked broken stopped stops refusing cancelled canceled reverted difficulty struggling unknown strange
  mistake fraud fraudulent stolen`.split(/\s+/),
);

/** Reads what is denied and takes the words of denial out; what they deny stays. */
export function readPolarity(tokens: readonly Token[]): Polarity {
  const denied = new Set<string>();
  let denials = 0;
  let isTrouble = false;
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word') continue;
    isTrouble ||= trouble.has(token.text);
    const inner = denyingWords.get(token.text);
    if (inner) {
      token.text = inner;
      denied.add(rootOf(inner));
      denials++;
    } else if (isDenier(tokens, index)) {
      token.kind = 'taken';
      if (isWaived(tokens, index)) continue;
      denials++;
      const next = tokens
        .slice(index + 1, index + 4)
        .find(({ kind, text }) => kind === 'word' && !functionWords.has(text));
      if (next) denied.add(rootOf(next.text));
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

/** A question's polarity, and the roots of its words. */
export interface Stand {
  polarity: Polarity;
  roots: ReadonlySet<string>;
}

/**
 * Whether one question denies what the other does not. "Has not arrived" and "still waiting" say the same; "was not
 * declined" and "was declined" do not.
 */
export function isPolarityOpposed(a: Stand, b: Stand): boolean {
  if ((a.polarity.denials === 0) === (b.polarity.denials === 0)) return false;
  const [positive, negative] = a.polarity.denials === 0 ? [a, b] : [b, a];
  if (!positive.polarity.isTrouble) return true;
  return [...negative.polarity.denied].some((root) => positive.roots.has(root));
}
