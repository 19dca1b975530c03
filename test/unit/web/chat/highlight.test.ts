import { describe, expect, it } from 'vitest';
import { findSentence, holdsSnippet, lastSentence } from '../../../../web/chat/highlight.ts';

const passage =
  'A form is a paper. It stays valid for five minutes after it was made. Forms are signed by the head of staff. ' +
  'Whoever loses a form asks for another.';
const found = (citing: string) => {
  const span = findSentence(passage, citing);
  return span && passage.slice(span.start, span.end);
};

describe('the sentence that a citation rests on', () => {
  it('is the one that shares the words that tell', () => {
    expect(found('A form stays valid for five minutes.')).toBe(
      'It stays valid for five minutes after it was made.',
    );
    expect(found('The head of staff signs it.')).toBe('Forms are signed by the head of staff.');
  });

  it('is none where nothing fits', () => {
    expect(found('Payment is due in October.')).toBeUndefined();
    expect(found('')).toBeUndefined();
  });

  it('is not the longest for holding the most words', () => {
    const long =
      'Papers are valid for those whom five clerks in the hall of the house let wait minutes. Valid for five minutes.';
    const span = findSentence(long, 'valid for five minutes');
    expect(span && long.slice(span.start, span.end)).toBe('Valid for five minutes.');
  });
});

it.each([
  ['One. Two is here', 'Two is here'],
  ['One. Two is here. [1]', 'Two is here.'],
  ['First. Second fact [1] and more [2, 3]', 'Second fact and more'],
  ['  ', ''],
])('ends a text: %s', (text, sentence) => {
  expect(lastSentence(text)).toBe(sentence);
});

it('is one row of a table', () => {
  const table = 'Name | Limit\nRequest body | 4 MB\nPresigned form | 100 MB';
  const span = findSentence(table, 'The limit of the presigned form is 100 MB.');
  expect(span && table.slice(span.start, span.end)).toBe('Presigned form | 100 MB');
});

it('knows a snippet again whatever became of its white space', () => {
  expect(holdsSnippet('Start.\nA form  stays\nvalid for long.', 'A form stays valid…')).toBe(true);
  expect(holdsSnippet('A form is void.', 'A form stays valid…')).toBe(false);
});
