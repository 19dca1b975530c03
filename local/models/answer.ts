import { composeAnswer } from './compose.ts';
import { parseConversation, toStandalone } from './condense.ts';
import type { Encoder } from './encoder.ts';
import { invalidRequest } from './errors.ts';
import { gatherEvidence } from './evidence.ts';
import { parsePrompt } from './prompt.ts';
import type { Lexicon } from './lexicon.ts';
import { holdsAnswer } from './verdict.ts';

/** What the product's prompt asks for where the sources do not answer. */
const declined = 'NOT_IN_SOURCES';

const introduction =
  'I am a small extractive model that runs offline: I can only quote the sentences of numbered sources that answer a question.';

/** Reading more would hold up the event loop; it is about 24,000 tokens. */
const maxPromptChars = 100_000;

interface Message {
  role: string;
  content: string;
}

/**
 * The sentences of the last message's sources that answer its question, each followed by its source's number;
 * `NOT_IN_SOURCES` if none do. A question to be made whole is given the words it lacks. Throws ApiError 400 for a prompt of
 * more than 100,000 characters, 503 when too many texts wait for the encoder.
 */
export async function answerFrom(
  messages: readonly Message[],
  deps: { encoder: Encoder; lexicon: Lexicon; signal: AbortSignal },
): Promise<string> {
  const said = messages.filter(({ role }) => role === 'user').map(({ content }) => content);
  const last = said.at(-1) ?? '';
  if (last.length > maxPromptChars) {
    throw invalidRequest(`The last message is longer than ${maxPromptChars} characters.`, 'messages');
  }
  const conversation = parseConversation(last);
  if (conversation) return toStandalone(conversation);
  const prompt = parsePrompt(last);
  if (!prompt) return introduction;
  const question = toStandalone({ question: prompt.question, asked: said.slice(0, -1) });
  // The prompt has the best ones at its ends; their numbers say how well they were found to fit.
  const sources = prompt.sources.toSorted((a, b) => a.n - b.n);
  const evidence = await gatherEvidence({ question, sources }, deps);
  return holdsAnswer(evidence) ? composeAnswer(evidence) : declined;
}
