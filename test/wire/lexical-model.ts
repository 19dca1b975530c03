import { parseConversation } from '../../local/models/condense.ts';
import { parsePrompt } from '../../local/models/prompt.ts';
import { declineSentinel } from '../../lib/rag/answer/prompt.ts';
import type { ChatBody, ModelScript } from './model-script.ts';
import { says } from './model-script.ts';

/** Length of the vectors. */
export const lexicalDimensions = 256;

const commonWords = new Set(
  'a an and are as at be by does for from has how in is it its of on or that the this to was what when where which who with'.split(
    ' ',
  ),
);

/**
 * A model without a model, for tests about everything else: a text's vector counts its words, and an answer is the
 * sentence of the sources that has most words of the question; a question is made whole by those before it. The same text
 * always gives the same.
 */
export const lexicalModel: ModelScript = {
  embeddings: ({ input }) => ({ kind: 'embed', delayMs: 0, vectors: input.map(embed) }),
  chat: (body) => says(...(answer(body).match(/\s*\S+/g) ?? [])),
};

/** The variables by which `npm start` uses the model, where it listens. */
export function lexicalVariables(baseUrl: string) {
  return {
    OPENAI_BASE_URL: baseUrl,
    OPENAI_API_KEY: 'wire',
    CHAT_MODEL: 'lexical',
    EMBEDDING_MODEL: 'lexical-words',
    EMBEDDING_DIMENSIONS: String(lexicalDimensions),
  };
}

function embed(text: string): Float32Array {
  const vector = new Float32Array(lexicalDimensions);
  for (const word of wordsOf(text)) {
    const slot = hash(word) % lexicalDimensions;
    vector[slot] = (vector[slot] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}

function answer({ messages }: ChatBody): string {
  const conversation = parseConversation(messages.at(-1)?.content ?? '');
  if (conversation) return [...conversation.asked, conversation.question].join(' ');
  const prompt = parsePrompt(messages.at(-1)?.content ?? '');
  const wanted = new Set(wordsOf(prompt?.question ?? ''));
  const sentences = (prompt?.sources ?? []).flatMap(({ n, text }) =>
    text.split(/(?<=[.!?])\s+/).map((sentence) => {
      const found = new Set(wordsOf(sentence).filter((word) => wanted.has(word)));
      return { text: `${sentence.replaceAll(/\s+/g, ' ')} [${n}]`, share: found.size / wanted.size };
    }),
  );
  const [best] = sentences.toSorted((a, b) => b.share - a.share);
  return best && best.share >= 0.6 ? best.text : declineSentinel;
}

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.filter((word) => !commonWords.has(word)).map((word) => word.replace(/s$/, ''));
}

/** FNV-1a. */
function hash(word: string): number {
  let value = 0x811c9dc5;
  for (const character of word) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}
