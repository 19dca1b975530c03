import { createLanes, takeLane, type Lanes } from '../async/lanes.ts';
import { abortable } from '../async/within.ts';
import { RagError } from '../rag/errors.ts';
import type { ChatMessage, ChatModel, ChatPart, OpenOptions } from '../rag/ports/models.ts';
import { createCircuit } from './circuit.ts';
import { isOfRequest } from './errors.ts';

/** How long a call waits for one of its provider's lanes, in milliseconds: another provider is asked after that. */
const laneWaitMs = 250;

/** When to ask again, where all lanes of all providers are taken. */
const retryAfterMs = 1_000;

/** What a provider may take. */
export interface ProviderLimits {
  /** From the request to the response's headers, in milliseconds. */
  timeoutMs: number;
  /** From the headers to the first text, in milliseconds. */
  firstTokenMs: number;
  /** Calls that run at once, in this process. */
  maxConcurrent: number;
}

/** A call that a provider has accepted. */
export interface Attempt {
  servedBy: string;
  /** At least one part, whose time runs whether or not it is waited for. Throws RagError `model_*`, or `answer_cut` for none. */
  parts: AsyncGenerator<ChatPart, void>;
}

/** One of several that can answer. */
export interface Provider {
  name: string;
  model: string;
  /** Whether it is asked in its turn, or only if no other answers: it has failed too often lately. */
  admits(): boolean;
  /** Throws RagError `model_*`; ends the call upstream when it fails, takes too long or `signal` aborts. */
  open(messages: readonly ChatMessage[], options: OpenOptions): Promise<Attempt>;
}

/** A model within the limits of its provider, which remembers how it did. */
export function createProvider(name: string, chat: ChatModel, limits: ProviderLimits): Provider {
  const { timeoutMs, firstTokenMs, maxConcurrent } = limits;
  const lanes = createLanes(maxConcurrent);
  const circuit = createCircuit();
  const open: Provider['open'] = async (messages, { signal: caller, maxTokens }) => {
    const leave = await enter(lanes, caller);
    const call = new AbortController();
    // Not a deadline's: the stream lives on after this function and must still hear of the caller's abort.
    const signal = AbortSignal.any([caller, call.signal]);
    signal.addEventListener('abort', leave, { once: true });
    const inTime = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
      const timer = setTimeout(() => call.abort(late()), ms);
      try {
        return await abortable(signal, work);
      } catch (error) {
        // A provider that says what is wrong with a request is well, and one whose caller left is neither well nor ill.
        if (isOfRequest(error)) circuit.succeeded();
        else if (!caller.aborted) circuit.failed();
        call.abort(error);
        throw error;
      } finally {
        clearTimeout(timer);
      }
    };
    const stream = await inTime(timeoutMs, () => chat.open(messages, { signal, maxTokens }));
    const parts = stream.parts[Symbol.asyncIterator]();
    const first = inTime(firstTokenMs, () => firstOf(parts));
    first.then(
      () => circuit.succeeded(),
      // Whoever reads hears of it.
      () => {},
    );
    return { servedBy: `${name}/${stream.servedBy}`, parts: readAll(first, parts, leave) };
  };
  return { name, model: chat.model, admits: () => circuit.admits(), open };
}

/** Takes a lane and returns what leaves it. Throws RagError `model_busy` when none is free in time. */
async function enter(lanes: Lanes, caller: AbortSignal): Promise<() => void> {
  const leave = await takeLane(lanes, laneWaitMs, caller);
  if (leave) return leave;
  const message = 'The model answers as many as it may right now. Try again shortly.';
  throw new RagError('model_busy', message, { retryAfterMs });
}

async function firstOf(parts: AsyncIterator<ChatPart>): Promise<ChatPart> {
  const { done, value } = await parts.next();
  if (done) throw new RagError('answer_cut', 'The model stopped before its answer began. Ask again.');
  return value;
}

async function* readAll(
  first: Promise<ChatPart>,
  parts: AsyncIterator<ChatPart>,
  leave: () => void,
): AsyncGenerator<ChatPart, void> {
  try {
    yield await first;
    for (let next = await parts.next(); !next.done; next = await parts.next()) yield next.value;
  } finally {
    leave();
    await parts.return?.();
  }
}

function late(): RagError {
  return new RagError('model_unavailable', 'The model did not begin to answer in time. Try again shortly.');
}
