import { stemmer } from 'stemmer';

/** Words that carry no topic: grammar, question words, and what a question about any product consists of. */
const stopWords = new Set(
  (
    'a about after all also am an and any anything are as at be because been before being between both but by can cannot ' +
    'could did do does doing done during each either else ever every for from get gets give given go goes going got had happen happens ' +
    'has have having he her here him his how however i if in instead into is it its itself just let like made make makes ' +
    'many may me might more most much must my need needed needs neither no nor not of off often on once one only or other our ' +
    'out over own per please quite rather really same say says shall she should so some something still such take takes ' +
    'tell than that the their them then there these they thing things this those through to too under until up upon us use ' +
    'used uses using very via want was we well were what whatever when where whether which while who whom whose why will ' +
    'with within without would yes you your ' +
    // The product's own name: every question may have it, and a passage about the product need not.
    'raglan'
  ).split(' '),
);

/** "How long is it kept?" asks for a time and seldom says "long" in the answer. */
const measures = /\bhow\s+(?:long|large|big|small|fast|quickly|often|far|high|deep|old)\b/gi;

const runs = /[\p{L}\p{N}]+/gu;
/** `topK` and `HTTPServer` and `4MB` fall into parts where case or kind changes. */
const humps = /(?<=\p{Ll})(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})|(?<=\p{L})(?=\p{N})|(?<=\p{N})(?=\p{L})/u;

/** A word of a question that can be looked for. */
export interface Term {
  stem: string;
  /** As it stands in the question. */
  word: string;
  /** Written like a name, an identifier or a number, so that nothing else can stand for it. */
  proper: boolean;
}

/** The words of a question that carry its topic, each once. */
export function toTerms(question: string): Term[] {
  const terms = new Map<string, Term>();
  const topic = question.replaceAll(measures, 'how');
  for (const match of topic.matchAll(runs)) {
    const word = match[0];
    if (stopWords.has(word.toLowerCase()) || (word.length === 1 && !/\d/.test(word))) continue;
    const stem = toStem(word);
    const first = topic.slice(0, match.index).trim() === '';
    terms.set(stem, {
      stem,
      word,
      proper: /\p{N}|\p{L}\p{Lu}/u.test(word) || (!first && /^\p{Lu}/u.test(word)),
    });
  }
  return [...terms.values()];
}

/** The stems that a text contains, of whole words and of their parts, each with a word that has it, in lower case. */
export function toStems(text: string): Map<string, string> {
  const stems = new Map<string, string>();
  for (const [run] of text.matchAll(runs)) {
    for (const word of new Set([run, ...run.split(humps)])) stems.set(toStem(word), word.toLowerCase());
  }
  return stems;
}

function toStem(word: string): string {
  return stemmer(word.toLowerCase());
}
