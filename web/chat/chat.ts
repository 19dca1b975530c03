import type { AnswersApi } from '../api/answers.ts';
import type { FollowOptions } from '../api/follow.ts';
import type { AskEvent } from '../../lib/rag/types.ts';
import type { Notify } from '../shell/notices.ts';
import { announcementOf } from './announcements.ts';
import type { Citation } from './citations.ts';
import type { Composer } from './composer.ts';
import { copyAnswer } from './copy.ts';
import { toHistory } from './history/bounds.ts';
import type { ConversationStore } from './history/store.ts';
import { judgeAnswer } from './judging.ts';
import { startRun, type Run } from './run.ts';
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
  composer: Pick<Composer, 'show' | 'focus'>;
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
  let running: Run | undefined;
  /** What was left before its answer had an id, by which it can be read again; by the conversation's own. */
  const beginning = new Map<string, { conversation: Conversation; run: Run }>();

  /** Keeps what has changed. A conversation that is not open may be deleted by now. */
  const keep = (changed: Conversation) => {
    const isOpen = changed === conversation;
    if (!isOpen && store.get(changed.id) === undefined) return;
    changed.updatedAt = new Date().toISOString();
    store.save(changed);
    if (isOpen) parts.onChange(changed);
  };

  const viewOf = (turn: Turn): TurnView => {
    const own = conversation;
    return createTurnView(turn, {
      openCitation: (citation) => parts.openCitation(own.collection, citation),
      copy: () => copyAnswer(turn, notify),
      retry: () => retry(turn),
      judge: async (verdict) => {
        const isTaken = await judgeAnswer(turn, verdict, { answers, notify });
        if (isTaken) keep(own);
        return isTaken;
      },
    });
  };

  const setRunning = (run: Run | undefined) => {
    running = run;
    composer.show(run ? 'busy' : 'idle');
  };

  const follow = (turn: Turn, open: (options: FollowOptions) => AsyncIterable<AskEvent>) => {
    const own = conversation;
    let heard = '';
    const showChange = () => {
      list.refresh();
      const announcement = announcementOf(turn);
      if (announcement === heard) return;
      heard = announcement;
      parts.announce(announcement);
      // Said once a state: now its id is known, or it is over.
      keep(own);
      if (isOver(turn)) setRunning(undefined);
    };
    const onChange = () => {
      if (running === run) return showChange();
      if (turn.answerId === undefined && !isOver(turn)) return;
      // From now on it is read when its conversation is opened.
      beginning.delete(own.id);
      run.leave();
      keep(own);
    };
    const run = startRun(turn, { open, stop: answers.stop, onChange });
    setRunning(run);
    onChange();
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
      ask(turn.question, turn.end ? 'refresh' : 'use');
    }
    // What was pressed is gone.
    composer.focus();
  };

  const resume = (turn: Turn) => {
    const id = turn.answerId;
    // A stop that has not come through is to be asked for again.
    delete turn.isStopping;
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

  const leave = () => {
    if (!running) return;
    if (running.turn.answerId !== undefined) running.leave();
    else beginning.set(conversation.id, { conversation, run: running });
  };

  const open = (next: Conversation) => {
    leave();
    const left = beginning.get(next.id);
    beginning.delete(next.id);
    conversation = left?.conversation ?? next;
    setRunning(left?.run);
    list.show(conversation.turns.map(viewOf));
    parts.onChange(conversation);
    const last = conversation.turns.at(-1);
    if (last && !left && !isOver(last)) resume(last);
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
      running?.stop();
      // Where the server has to be asked, its word is waited for.
      if (running) composer.show('stopping');
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
