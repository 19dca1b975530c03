import type { ChatMessage, ChatModel, ChatPart } from '../../lib/rag/ports/models.ts';
import type { Calls } from './calls.ts';

/** What a model sends: text, parts, or an error that its stream breaks with. Without a finish the stream is cut. */
export type Reply = readonly (string | ChatPart | Error)[];

/** What the fake's answers have used. */
export const fakeUsage = { promptTokens: 120, completionTokens: 9 };

/** The end of a whole answer. */
export const finish = { type: 'finish', reason: 'stop', usage: fakeUsage } as const satisfies ChatPart;

/** A model that replies what the test says; every part of its stream is a call `chat.next` with the signal of `open`. */
export function createFakeChat(calls: Calls, reply: (messages: readonly ChatMessage[]) => Reply): ChatModel {
  return {
    model: 'fake-chat',
    open: (messages, { signal }) =>
      calls.take('chat.open', messages, signal, () => ({
        servedBy: 'fake-chat-2026',
        parts: stream(calls, reply(messages), signal),
      })),
  };
}

async function* stream(calls: Calls, reply: Reply, signal: AbortSignal): AsyncGenerator<ChatPart, void> {
  try {
    for (const part of reply) {
      await calls.take('chat.next', part, signal, () => {});
      if (part instanceof Error) throw part;
      yield typeof part === 'string' ? { type: 'text', text: part } : part;
    }
    await calls.take('chat.next', undefined, signal, () => {});
  } finally {
    await calls.take('chat.closed', undefined, new AbortController().signal, () => {});
  }
}
