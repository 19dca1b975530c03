import type { AnswersApi } from '../api/answers.ts';
import { toProblem } from '../api/problems.ts';
import type { Notify } from '../shell/notices.ts';
import type { Turn } from './turn.ts';
import type { Verdict } from './verdict.ts';

/** Gives the verdict on a turn's answer, and says whether it was taken, to the person and to the caller. */
export async function judgeAnswer(
  turn: Turn,
  { isRight, note }: Verdict,
  { answers, notify }: { answers: Pick<AnswersApi, 'judge'>; notify: Notify },
): Promise<boolean> {
  try {
    await answers.judge(turn.answerId ?? '', { right: isRight, ...(note !== undefined && { note }) });
  } catch (error) {
    notify({ text: `Your verdict was not taken. ${toProblem(error).title}`, tone: 'bad' });
    return false;
  }
  turn.verdict = isRight ? 'right' : 'wrong';
  const text = isRight ? 'Thank you.' : 'Thank you. Ask anew to have it answered again.';
  notify({ text, tone: 'good' });
  return true;
}
