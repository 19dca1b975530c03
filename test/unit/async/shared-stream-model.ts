/** What a step of a source, or a reader's wait, comes to: an event, or `end`, `failure`, `tired`, `waits`. */
export type Outcome = string;

/** A stream as it should be, without any waits: what it was fed, and how far its readers wanted it. */
export interface ModelStream {
  steps: Outcome[];
  wanted: number;
  readers: Set<ModelReader>;
  isOver: boolean;
  isAborted: boolean;
}

/** A reader as it should be; `outcomes` are those of its calls of `next`, in order. */
export interface ModelReader {
  stream: ModelStream;
  position: number;
  isFirst: boolean;
  outcomes: Outcome[];
  /** What it gets from now on, once it is no reader any more. */
  left?: Outcome;
}

/** What `createSharedStreams` should do under one key. */
export function createModel(maxEvents: number) {
  const streams: ModelStream[] = [];
  let joinable: ModelStream | undefined;
  const free = (stream: ModelStream) => {
    if (joinable === stream) joinable = undefined;
  };
  const leave = (reader: ModelReader, outcome: Outcome) => {
    if (reader.left) return;
    reader.left = outcome;
    const { stream } = reader;
    stream.readers.delete(reader);
    if (stream.readers.size > 0 || stream.isOver) return;
    stream.isAborted = true;
    free(stream);
  };
  const settle = (stream: ModelStream) => {
    const last = stream.steps[stream.wanted - 1];
    stream.isOver ||= last === 'end' || last === 'failure';
    if (stream.isOver || stream.wanted > maxEvents) free(stream);
    for (const reader of stream.readers) {
      const outcome = stream.steps[reader.position - 1];
      if (reader.outcomes.at(-1) !== 'waits' || outcome === undefined) continue;
      reader.outcomes.splice(-1, 1, outcome);
      if (outcome === 'end' || outcome === 'failure') leave(reader, 'end');
    }
  };
  return {
    streams,
    join: (): ModelReader => {
      const isFirst = joinable === undefined;
      if (!joinable) {
        joinable = { steps: [], wanted: 0, readers: new Set(), isOver: false, isAborted: false };
        streams.push(joinable);
      }
      const reader: ModelReader = { stream: joinable, position: 0, isFirst, outcomes: [] };
      joinable.readers.add(reader);
      return reader;
    },
    next: (reader: ModelReader) => {
      reader.outcomes.push(reader.left ?? 'waits');
      if (reader.left) return;
      reader.position += 1;
      reader.stream.wanted = Math.max(reader.stream.wanted, reader.position);
      settle(reader.stream);
    },
    feed: (stream: ModelStream, step: Outcome) => {
      stream.steps.push(step);
      settle(stream);
    },
    leave: (reader: ModelReader, outcome: 'end' | 'tired') => {
      if (reader.outcomes.at(-1) === 'waits') reader.outcomes.splice(-1, 1, outcome);
      leave(reader, outcome);
    },
  };
}
