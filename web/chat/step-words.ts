import type { StepName } from '../../lib/rag/types.ts';

/** What each step does, for a person. */
export const stepWords: Readonly<Record<StepName, string>> = {
  cache: 'Look for a kept answer',
  similar: 'Look for a similar question',
  wait: 'Wait for the one who is answering this',
  shared: 'Join the answer that is being made',
  condense: 'Put the question in context',
  embed: 'Grasp what is asked',
  filter: 'Read which fields there are',
  documents: 'Read what has changed lately',
  keyword: 'Search by words',
  search: 'Search by meaning',
  rerank: 'Put the best passages first',
  current: 'Check that sources are current',
  model: 'Wait for the model to begin',
  generate: 'Write the answer',
};

/** What an answer lacks that had to go without a step (docs/runbook.md, Answers say degraded). */
export function lackOf(step: StepName): string {
  return lacks[step] ?? 'It failed or was too slow, and the answer went on without it.';
}

const lacks: Partial<Record<StepName, string>> = {
  cache: 'The cache was too slow: the model was asked although a kept answer may have done.',
  condense: 'The question was searched for without what came before it, so passages may not fit.',
  documents: 'The model did not see when the documents last changed.',
  keyword: 'Only meaning was searched: passages with just these names, codes or numbers may be missing.',
  rerank: 'Passages are in the order of search: the best one may stand further down, or be missing.',
};
