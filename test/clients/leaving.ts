import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import OpenAI from 'openai';
import { model, type Scene } from './scene.ts';

/** What a client asks, as whom, and how much of the answer it takes before it leaves. */
export interface Visit {
  scene: Scene;
  key: string;
  question: string;
  /** Texts of the stream. */
  takes: number;
}

/** How one of the clients leaves by its own means; each is what became of it when it has left. */
export interface Leaver {
  /** In the middle of a stream: the answer's id. Throws where the client did not end as it should. */
  leave: (visit: Visit) => Promise<string>;
  /** While it waits for a whole answer, which is to be aborted when `signal` is. Throws what the client throws. */
  giveUp: (visit: Omit<Visit, 'takes'>, signal: AbortSignal) => Promise<unknown>;
}

/** The three clients. */
export const leavers: Record<string, Leaver> = {
  "OpenAI's client": {
    leave: async ({ scene, key, question, takes }) => {
      const stream = await openAi(scene, key).chat.completions.create({ ...asked(question), stream: true });
      const texts: string[] = [];
      let id = '';
      for await (const chunk of stream) {
        ({ id } = chunk);
        const text = chunk.choices[0]?.delta.content;
        if (text && texts.push(text) === takes) stream.controller.abort();
      }
      return answerId(id, texts, takes);
    },
    giveUp: ({ scene, key, question }, signal) =>
      openAi(scene, key).chat.completions.create(asked(question), { signal }),
  },
  "LangChain's ChatOpenAI": {
    leave: async ({ scene, key, question, takes }) => {
      const aborting = new AbortController();
      const texts: unknown[] = [];
      let id = '';
      try {
        for await (const chunk of await langChain(scene, key).stream(question, {
          signal: aborting.signal,
        })) {
          id = chunk.id ?? id;
          if (chunk.content !== '' && texts.push(chunk.content) === takes) aborting.abort();
        }
      } catch (error) {
        if (!aborting.signal.aborted) throw error;
      }
      return answerId(id, texts, takes);
    },
    giveUp: ({ scene, key, question }, signal) => langChain(scene, key).invoke(question, { signal }),
  },
  'the AI SDK': {
    leave: async ({ scene, key, question, takes }) => {
      const aborting = new AbortController();
      const result = streamText({
        ...{ model: aiSdk(scene, key), prompt: question, includeRawChunks: true },
        abortSignal: aborting.signal,
      });
      const texts: string[] = [];
      let id = '';
      for await (const part of result.fullStream) {
        if (part.type === 'raw') ({ id } = part.rawValue as { id: string });
        if (part.type === 'text-delta' && texts.push(part.text) === takes) aborting.abort();
      }
      return answerId(id, texts, takes);
    },
    giveUp: ({ scene, key, question }, signal) =>
      generateText({
        ...{ model: aiSdk(scene, key), prompt: question, maxRetries: 0 },
        abortSignal: signal,
      }),
  },
};

const asked = (question: string) => ({ model, messages: [{ role: 'user' as const, content: question }] });

const openAi = ({ baseURL }: Scene, apiKey: string) => new OpenAI({ baseURL, apiKey, maxRetries: 0 });

const langChain = ({ baseURL }: Scene, apiKey: string) =>
  new ChatOpenAI({ model, apiKey, maxRetries: 0, configuration: { baseURL } });

const aiSdk = ({ baseURL }: Scene, apiKey: string) =>
  createOpenAICompatible({ name: 'raglan', baseURL, apiKey })(model);

function answerId(id: string, texts: readonly unknown[], takes: number): string {
  if (texts.length !== takes) throw new Error(`It left after ${texts.length} texts, not after ${takes}.`);
  return id.replace(/^chatcmpl-/, '');
}
