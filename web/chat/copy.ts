import type { Notify } from '../shell/notices.ts';
import { toPlainAnswer } from './plain-answer.ts';
import type { Turn } from './turn.ts';

/** Puts an answer with its sources on the clipboard, and says whether that went well. */
export function copyAnswer(turn: Turn, notify: Notify): void {
  const refused = () => notify({ text: 'The browser does not allow copying here.', tone: 'bad' });
  // Pages that came without https have no clipboard.
  if (!isSecureContext) return refused();
  navigator.clipboard
    .writeText(toPlainAnswer(turn))
    .then(() => notify({ text: 'Copied, with its sources.', tone: 'good' }), refused);
}
