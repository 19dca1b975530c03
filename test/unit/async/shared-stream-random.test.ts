import { setImmediate as nextTurn } from 'node:timers/promises';
import { array, assert, asyncProperty, constantFrom, nat, record } from 'fast-check';
import { expect, it } from 'vitest';
import { createSharedStreams, type SharedReader } from '../../../lib/async/shared-stream.ts';
import { createModel, type ModelReader, type Outcome } from './shared-stream-model.ts';
import { feed, type FedSource } from './shared-stream-source.ts';

/** Few, so that many streams are longer. */
const maxEvents = 2;

interface Pair {
  reader: SharedReader<string>;
  model: ModelReader;
  controller: AbortController;
  outcomes: Outcome[];
}

/** The real thing and its model, which are told the same and compared. */
function createBoth() {
  const streams = createSharedStreams<string>({ maxEvents });
  const sources: FedSource<string>[] = [];
  const model = createModel(maxEvents);
  const pairs: Pair[] = [];
  const start = (signal: AbortSignal) => {
    const source = feed<string>();
    sources.push(source);
    return source.start(signal);
  };
  const onReader = (at: number, act: (pair: Pair) => void) => {
    if (pairs.length > 0) act(pairs[at % pairs.length]!);
  };
  const feedOne = (at: number, step: Outcome, act: (source: FedSource<string>) => void) => {
    const stream = model.streams[at % model.streams.length];
    const isFull = stream?.steps.some((step) => step === 'end' || step === 'failure');
    if (!stream || isFull) return;
    act(sources[at % model.streams.length]!);
    model.feed(stream, step);
  };
  const does = {
    join: () => {
      const controller = new AbortController();
      const reader = streams.join('question', controller, start);
      pairs.push({ reader, model: model.join(), controller, outcomes: [] });
    },
    next: (at: number) =>
      onReader(at, (pair) => {
        if (pair.outcomes.at(-1) === 'waits') return;
        const place = pair.outcomes.push('waits') - 1;
        pair.reader.next().then(
          ({ done, value }) => void (pair.outcomes[place] = done ? 'end' : value),
          (error: Error) => void (pair.outcomes[place] = error.message),
        );
        model.next(pair.model);
      }),
    return: (at: number) =>
      onReader(at, ({ reader, model: its }) => {
        reader.return().catch(() => {});
        model.leave(its, 'end');
      }),
    abort: (at: number) =>
      onReader(at, ({ controller, model: its }) => {
        controller.abort(new Error('tired'));
        model.leave(its, 'tired');
      }),
    push: (at: number) => {
      const value = `event ${at}`;
      feedOne(at, value, (source) => source.push(value));
    },
    end: (at: number) => feedOne(at, 'end', (source) => source.end()),
    fail: (at: number) => feedOne(at, 'failure', (source) => source.fail(new Error('failure'))),
  };
  const compare = () => {
    expect(
      pairs.map(({ reader, outcomes }) => ({ isFirst: reader.isFirst, outcomes: [...outcomes] })),
    ).toEqual(pairs.map(({ model: { isFirst, outcomes } }) => ({ isFirst, outcomes })));
    expect(sources.map(({ pulled, signal }) => ({ pulled, isAborted: signal.aborted }))).toEqual(
      model.streams.map(({ wanted, isAborted }) => ({ pulled: wanted, isAborted })),
    );
  };
  return { does, compare };
}

const often = ['next', 'next', 'next', 'push', 'push'] as const;
const command = record({
  what: constantFrom(...often, ...often, 'join', 'join', 'return', 'abort', 'end', 'fail'),
  at: nat(30),
});

it('readers that come, go and fail in any order get what they should', async () => {
  await assert(
    asyncProperty(array(command, { minLength: 20, maxLength: 80, size: 'max' }), async (commands) => {
      const { does, compare } = createBoth();
      for (const { what, at } of commands) {
        does[what](at);
        await nextTurn();
        compare();
      }
    }),
    { numRuns: 300 },
  );
});
