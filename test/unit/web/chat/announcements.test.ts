import { expect, it } from 'vitest';
import { announcementOf } from '../../../../web/chat/announcements.ts';
import { newTurn, type Turn } from '../../../../web/chat/turn.ts';

const done = (finishReason: NonNullable<Turn['end']>['finishReason']) => ({
  state: 'done' as const,
  end: {
    ...{ finishReason, citations: [], servedBy: 'm', degraded: [] },
    usage: { promptTokens: 0, completionTokens: 0 },
    timing: { steps: {}, firstTokenMs: 1, totalMs: 2 },
  },
});

it('says no token by itself, and the answer when it is whole', () => {
  const turn = { ...newTurn('Why?'), state: 'answering' as const };
  expect(announcementOf({ ...turn, text: 'A' })).toBe(announcementOf({ ...turn, text: 'A B' }));
  expect(announcementOf({ ...turn, ...done('stop'), text: 'A B' })).toContain('A B');
  expect(announcementOf({ ...turn, ...done('stop'), text: 'x'.repeat(9_999) }).length).toBeLessThan(700);
});

it('does not say of an answer that was stopped that it is there', () => {
  const { end: _end, ...givenUp } = done('stop');
  for (const over of [done('stopped'), givenUp]) {
    expect(announcementOf({ ...newTurn('Why?'), ...over })).toBe('Stopped.');
  }
});

it('says what went wrong and what to do', () => {
  const problem = { title: 'It broke.', whatToDo: 'Ask again.' };
  expect(announcementOf({ ...newTurn('Why?'), state: 'failed', problem })).toBe('It broke. Ask again.');
});
