/** A part of a text, by the places of its characters. */
export interface Span {
  start: number;
  end: number;
}

/** Of what the citing sentence says, a sentence must hold this share to be the one it rests on. */
const leastShare = 0.25;

/** The sentence of a passage that fits the sentence which cites it best; undefined if none does well enough. */
export function findSentence(passage: string, citing: string): Span | undefined {
  const wanted = new Set(wordsOf(citing));
  const sentences = sentencesOf(passage).map(({ start, end }) => {
    const words = new Set(wordsOf(passage.slice(start, end)));
    return { start, end, words };
  });
  // A word that stands in every sentence tells none apart.
  const weigh = (word: string) =>
    Math.log(1 + sentences.length / (1 + sentences.filter(({ words }) => words.has(word)).length));
  const weightOf = (words: Iterable<string>) => Array.from(words, weigh).reduce((sum, one) => sum + one, 0);
  const whole = weightOf(wanted);
  let best: (Span & { score: number }) | undefined;
  for (const { start, end, words } of sentences) {
    const shared = weightOf(Array.from(wanted).filter((word) => words.has(word)));
    if (shared === 0 || shared < leastShare * whole) continue;
    // A long sentence holds many words by chance.
    const score = shared / Math.sqrt(weightOf(words));
    if (!best || score > best.score) best = { start, end, score };
  }
  return best && { start: best.start, end: best.end };
}

/** The sentence that ends a text, which is what a citation behind it cites for. Other citations in it do not count. */
export function lastSentence(text: string): string {
  const plain = text.replaceAll(/\s*\[[\d,\s]+\]/g, '').trimEnd();
  const last = sentencesOf(plain).at(-1);
  return last ? plain.slice(last.start, last.end) : '';
}

/** Whether the beginning that a source was shown with still stands in its document; white space does not count. */
export function holdsSnippet(passage: string, snippet: string): boolean {
  return flat(passage).includes(flat(snippet.replace(/…$/, '')));
}

function flat(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function sentencesOf(text: string): Span[] {
  const segmenter = new Intl.Segmenter('en', { granularity: 'sentence' });
  return Array.from(segmenter.segment(text), ({ segment, index }) => ({
    start: index + segment.length - segment.trimStart().length,
    end: index + segment.trimEnd().length,
  })).filter(({ start, end }) => start < end);
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
}
