import type { AnswersApi } from '../api/answers.ts';
import type { FollowOptions } from '../api/follow.ts';
import type { AskEvent } from '../../lib/rag/types.ts';
import type { Notify } from '../shell/notices.ts';
import { toProblem } from '../api/problems.ts';
import { announcementOf } from './announcements.ts';
import { answerTurn } from './answering.ts';
import type { Citation } from './citations.ts';
import type { Composer } from './composer.ts';
import { copyAnswer } from './copy.ts';
import { toHistory } from './history/bounds.ts';
import type { ConversationStore } from './history/store.ts';
import { createStopper, type Stopper } from './stopping.ts';
import type { TurnList } from './turn-list.ts';
import { createTurnView, type TurnView } from './turn-view.ts';
import { canResume, isOver, newConversation, newTurn, type Conversation, type Turn } from './turn.ts';

/** The conversation that is open: asks, stops, resumes and keeps. */
export interface Chat {
  /** Opens a conversation. An answer that is being made meanwhile is made on, and read when its conversation is opened. */
  open(this: void, conversation: Conversation): void;
  current(this: void): Conversation;
  ask(this: void, question: string): void;
  stop(this: void): void;
  /** The network may be back: an answer whose connection was given up is read on. */
  wake(this: void): void;
  /** Another tab may have gone on with the conversation, which is shown unless an answer is being made here or there. */
  reread(this: void): void;
}

/** What a chat is made of. */
export interface ChatParts {
  answers: AnswersApi;
  store: ConversationStore;
  list: TurnList;
  composer: Pick<Composer, 'setBusy' | 'focus'>;
  openCitation: (collection: string, citation: Citation) => void;
  notify: Notify;
  announce: (text: string) => void;
  /** Hears when another conversation is open, or its turns have changed. */
  onChange: (conversation: Conversation) => void;
}

/** Creates the chat with an empty conversation. */
export function createChat(parts: ChatParts): Chat {
  const { answers, store, list, composer, notify } = parts;
  let conversation = newConversation('main');
  let running: { stopper: Stopper; controller: AbortController } | undefined;

  const keep = () => {
    conversation.updatedAt = new Date().toISOString();
    store.save(conversation);
    parts.onChange(conversation);
  };

  const viewOf = (turn: Turn): TurnView => {
    const { collection } = conversation;
    return createTurnView(turn, {
      openCitation: (citation) => parts.openCitation(collection, citation),
      copy: () => copyAnswer(turn, notify),
      retry: () => retry(turn),
      judge: (isRight) => judge(turn, isRight),
    });
  };

  const follow = (turn: Turn, open: (options: FollowOptions) => AsyncIterable<AskEvent>) => {
    const controller = new AbortController();
    const { signal } = controller;
    let heard = '';
    const onChange = () => {
      list.refresh();
      stopper.noteChange();
      const announcement = announcementOf(turn);
      if (announcement === heard) return;
      heard = announcement;
      parts.announce(announcement);
      // Said once a state: now its id is known, or it is over.
      keep();
      if (!isOver(turn)) return;
      running = undefined;
      composer.setBusy(false);
    };
    const onConnection = (state: 'lost' | 'back') => {
      turn.state = state === 'lost' ? 'reconnecting' : 'answering';
      onChange();
    };
    const giveUp = () => {
      controller.abort();
      turn.state = 'done';
      onChange();
    };
    const stopper = createStopper(turn, { stop: answers.stop, giveUp, signal });
    running = { stopper, controller };
    composer.setBusy(true);
    onChange();
    answerTurn(turn, open({ signal, onConnection }), { signal, onChange }).catch(reportError);
  };

  const ask = (question: string, cache: 'use' | 'refresh' = 'use') => {
    if (running) return;
    const history = toHistory(conversation.turns);
    const turn = newTurn(question);
    conversation.turns.push(turn);
    list.add(viewOf(turn));
    const { collection } = conversation;
    follow(turn, (options) => answers.ask({ question, collection, history, cache }, options));
  };

  const retry = (turn: Turn) => {
    if (running || conversation.turns.at(-1) !== turn) return;
    if (canResume(turn)) reconnect(turn);
    else {
      conversation.turns.pop();
      list.removeLast();
      ask(turn.question, turn.state === 'done' ? 'refresh' : 'use');
    }
    // What was pressed is gone.
    composer.focus();
  };

  const judge = async (turn: Turn, isRight: boolean) => {
    const judged = conversation;
    try {
      await answers.judge(turn.answerId ?? '', isRight);
      turn.verdict = isRight ? 'right' : 'wrong';
      // Another may be open by now, which has no news to be kept.
      if (judged === conversation) keep();
      notify({
        text: isRight ? 'Thank you.' : 'Thank you. Ask anew to have it answered again.',
        tone: 'good',
      });
      return true;
    } catch (error) {
      notify({ text: `Your verdict was not taken. ${toProblem(error).title}`, tone: 'bad' });
      return false;
    }
  };

  const resume = (turn: Turn) => {
    const id = turn.answerId;
    if (id !== undefined) return follow(turn, (options) => answers.resume(id, options));
    turn.state = 'failed';
    turn.problem = { title: 'The page was left before the answer began.', whatToDo: 'Ask again.' };
    list.refresh();
  };

  const reconnect = (turn: Turn) => {
    turn.state = 'reconnecting';
    delete turn.problem;
    resume(turn);
  };

  const open = (next: Conversation) => {
    running?.controller.abort();
    running = undefined;
    composer.setBusy(false);
    conversation = next;
    list.show(next.turns.map(viewOf));
    parts.onChange(next);
    const last = next.turns.at(-1);
    if (last && !isOver(last)) resume(last);
    else wake();
  };

  const wake = () => {
    const last = conversation.turns.at(-1);
    if (last && !running && canResume(last)) reconnect(last);
  };

  return {
    open,
    current: () => conversation,
    ask: (question) => ask(question),
    stop: () => {
      running?.stopper.request();
      list.refresh();
    },
    wake,
    reread: () => {
      const kept = store.get(conversation.id);
      const isOurs = running !== undefined || !kept || kept.updatedAt <= conversation.updatedAt;
      if (!isOurs && kept.turns.every(isOver)) open(kept);
    },
  };
}
