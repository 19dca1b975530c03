import { sameAnswer, type ComparedAnswer } from '../../lib/rag/cache/same-answer.ts';
import type { Intents } from './intents.ts';
import { shuffle } from './random.ts';
import type { Similarities } from './similarities.ts';

/** Sentences of a document, of a passage of it, and of an answer: what the laptop's extractive model answers with. */
const documentSentences = 8;
const passageSentences = 2;
const answerSentences = 3;

/** What is found out about a near answer when the model was asked: whether it would have been right. */
export type Judge = (asked: number, cached: number) => boolean;

/** The judge that knows what each question is about. */
export function judgeByIntent({ intents }: Intents): Judge {
  return (asked, cached) => intents[asked] === intents[cached];
}

interface FaqAnswer extends ComparedAnswer {
  /** The questions that its sentences are. */
  sentences: number[];
}

/**
 * The judge of production, which compares answers. Each intent has a document of eight of its cached questions, in passages of
 * two; a question is answered with the three sentences of its intent's document that are nearest to it, citing their
 * passages. A question out of scope is declined: its answer is like none. The embedding of an answer is its sentences' mean.
 */
export function judgeByAnswers(data: Intents, { between }: Similarities): Judge {
  const documents = documentsOf(data);
  const answers = new Map<number, FaqAnswer>();
  const answerOf = (question: number): FaqAnswer => {
    const known = answers.get(question);
    if (known) return known;
    const answer = toAnswer(question);
    answers.set(question, answer);
    return answer;
  };
  return (asked, cached) => {
    const a = answerOf(asked);
    const b = answerOf(cached);
    const verdict = sameAnswer(a, b);
    return verdict === 'undecided' ? sameAnswer(a, b, similarityOf(a, b)) === true : verdict;
  };

  function toAnswer(question: number): FaqAnswer {
    const intent = data.intents[question] ?? '';
    const nearest = (documents.get(intent) ?? [])
      .map((sentence, place) => ({ sentence, place, similarity: between(question, sentence) }))
      .toSorted((a, b) => b.similarity - a.similarity)
      .slice(0, answerSentences)
      .toSorted((a, b) => a.place - b.place);
    const passages = nearest.map(({ place }) => `${intent} ${Math.floor(place / passageSentences)}`);
    return {
      text: nearest.map(({ sentence }) => data.texts[sentence]).join(' '),
      citations: Array.from(new Set(passages)),
      sentences: nearest.map(({ sentence }) => sentence),
    };
  }

  function similarityOf(a: FaqAnswer, b: FaqAnswer): number {
    const sum = (left: number[], right: number[]) =>
      left.reduce((total, one) => total + right.reduce((part, other) => part + between(one, other), 0), 0);
    return (
      sum(a.sentences, b.sentences) / Math.sqrt(sum(a.sentences, a.sentences) * sum(b.sentences, b.sentences))
    );
  }
}

/** The sentences of each intent's document. */
function documentsOf({ cached, intents }: Intents): Map<string, number[]> {
  const documents = new Map<string, number[]>();
  for (const question of shuffle(cached, 5)) {
    const intent = intents[question] ?? '';
    const sentences = documents.get(intent) ?? [];
    if (sentences.length < documentSentences) documents.set(intent, [...sentences, question]);
  }
  return documents;
}
