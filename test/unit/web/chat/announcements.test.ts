import { expect, it } from 'vitest';
import { announcementOf } from '../../../../web/chat/announcements.ts';
import { newTurn } from '../../../../web/chat/turn.ts';

it('says no token by itself, and the answer when it is whole', () => {
  const turn = { ...newTurn('Why?'), state: 'answering' as const };
  expect(announcementOf({ ...turn, text: 'A' })).toBe(announcementOf({ ...turn, text: 'A B' }));
  expect(announcementOf({ ...turn, state: 'done', text: 'A B' })).toContain('A B');
  expect(announcementOf({ ...turn, state: 'done', text: 'x'.repeat(9_999) }).length).toBeLessThan(700);
});

it('says what went wrong and what to do', () => {
  const problem = { title: 'It broke.', whatToDo: 'Ask again.' };
  expect(announcementOf({ ...newTurn('Why?'), state: 'failed', problem })).toBe('It broke. Ask again.');
});
