import { createFrontReader } from './front-reader.ts';
import { toTerms } from './words.ts';

/** What the product asks when a question has a history: the earlier turns, and the question to be made whole. */
interface Conversation {
  /** What the user asked before, oldest first. */
  asked: string[];
  question: string;
}

const opening = /Conversation:\s*/y;
const turnPattern = /<turn role="(user|assistant)">\n([\s\S]*?)\n<\/turn>\s*/y;
const closing = /Last question:[ \t]*/y;

/** Reads the prompt that asks for a standalone question, or undefined if this is some other message. */
export function parseConversation(message: string): Conversation | undefined {
  const { read, rest } = createFrontReader(message);
  if (!read(opening)) return undefined;
  const asked: string[] = [];
  for (let turn = read(turnPattern); turn; turn = read(turnPattern)) {
    if (turn[1] === 'user') asked.push((turn[2] ?? '').replaceAll('&lt;', '<'));
  }
  const question = read(closing) && rest().trim();
  return question ? { asked, question } : undefined;
}

/** Words that stand for what was said before, and openings that go on from it. */
const pointing =
  /\b(?:it|its|they|them|their|these|those|he|she|his|her)\b|^(?:and|or|but|so|what about|how about)\b/i;
/** Words that may stand for it, and do where little else is said: "how is that done?", but "the one that holds the key". */
const vague = /\b(?:that|this|there|then|one|ones|same)\b/i;
const littleSaid = 2;
/** A question before that is longer than this is a text of its own. */
const maxAskedChars = 1_000;

/**
 * The question, with the topic words of the last one before it that has any, if it cannot be understood alone. This model
 * cannot rewrite: the words stand behind it in brackets, which is enough to search and to quote by.
 */
export function toStandalone({ asked, question }: Conversation): string {
  const own = toTerms(question);
  const points = pointing.test(question) || (own.length <= littleSaid && vague.test(question));
  if (own.length > 0 && !points) return question;
  const known = new Set(own.map(({ stem }) => stem));
  const before = asked
    .filter((text) => text.length <= maxAskedChars)
    .map((text) => toTerms(text))
    .findLast((terms) => terms.length > 0);
  const missing = (before ?? []).filter(({ stem }) => !known.has(stem)).map(({ word }) => word);
  return missing.length > 0 ? `${question} (${missing.join(' ')})` : question;
}
