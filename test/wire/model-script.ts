/** Body of `POST /embeddings`, as far as scripts look at it. */
export interface EmbeddingsBody {
  model: string;
  input: string[];
}

/** Body of `POST /chat/completions`, as far as scripts look at it. */
export interface ChatBody {
  model: string;
  messages: { role: string; content: string }[];
}

/** Ways to fail that both routes have. */
export type Failure =
  | { kind: 'refuse'; status: number; headers?: Record<string, string>; code?: string; message?: string }
  /** The request is taken and never answered. */
  | { kind: 'hang' }
  /** The connection is closed without an answer. */
  | { kind: 'hang-up' };

export type EmbeddingsPlan = Failure | { kind: 'embed'; delayMs: number; vectors: Float32Array[] };

export interface ChatPlan {
  kind: 'chat';
  /** From the request to the response's headers, which the first text follows in the same packet if `firstTextMs` is 0. */
  headersMs: number;
  /** From the headers to the first text. */
  firstTextMs: number;
  /** The first text waits for it, too. */
  until?: Promise<void>;
  /** Each text waits for its turn; none leaves together with the next. */
  turn?: (index: number) => Promise<void>;
  /** Between two texts. With 0 all that follow the first leave in one write. */
  textMs: number;
  texts: readonly string[];
  /**
   * How it ends: with a finish reason, by a closed connection (`cut`), by a clean end without a finish reason (`ends`),
   * by an error in the stream, or not at all.
   */
  end: 'stop' | 'length' | 'content_filter' | 'cut' | 'ends' | 'error' | 'hang';
}

/** What a scripted model does with each request. */
export interface ModelScript {
  embeddings: (body: EmbeddingsBody) => EmbeddingsPlan;
  chat: (body: ChatBody) => Failure | ChatPlan;
}

/** A chat plan without any waits that answers with these texts and ends well. */
export function says(...texts: string[]): ChatPlan {
  return { kind: 'chat', headersMs: 0, firstTextMs: 0, textMs: 0, texts, end: 'stop' };
}
