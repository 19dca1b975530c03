import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTelemetry } from '../../../lib/aws/telemetry.ts';
import { RagError } from '../../../lib/rag/errors.ts';
import type { AskReport, Telemetry } from '../../../lib/rag/ports/telemetry.ts';

const report: AskReport = {
  ...{ outcome: 'stop', cached: false, usage: { promptTokens: 1, completionTokens: 2 }, servedBy: 'm' },
  ...{ isShared: false, refused: ['negation'], similar: 'refused' },
  ...{ degraded: ['cache'], restarts: 0, firstTokenMs: 12, totalMs: 34 },
};

let written = '';

beforeEach(() => {
  written = '';
  const take = (chunk: string | Uint8Array) => {
    written += Buffer.from(chunk).toString();
    return true;
  };
  vi.spyOn(process.stdout, 'write').mockImplementation(take);
  vi.spyOn(process.stderr, 'write').mockImplementation(take);
  const sink = new Console(new Writable({ write: (chunk: Buffer, _, done) => (take(chunk), done()) }));
  for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const)
    vi.spyOn(console, level).mockImplementation((...args) => sink.log(...args));
});
afterEach(() => void vi.restoreAllMocks());

/** The JSON lines that come of this. */
function lines(tell: (telemetry: Telemetry) => void): Record<string, unknown>[] {
  tell(createTelemetry());
  return written
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

it('a question is a log line and a metrics line', () => {
  const told = lines((telemetry) => telemetry.asked(report));
  expect(told.find((line) => line['message'] === 'asked')).toMatchObject({ outcome: 'stop', totalMs: 34 });
  const metrics = told.find((line) => '_aws' in line);
  expect(metrics).toMatchObject({ outcome: 'stop', questions: 1, firstToken: 12, total: 34 });
});

it.each([
  [{ cached: 'exact' }, [1, 0, 0]],
  [{ cached: 'similar' }, [0, 1, 0]],
  [{ cached: 'exact', isShared: true }, [1, 0, 1]],
  [{}, [0, 0, 0]],
] as const)('a question with %j counts as exact hit, similar hit and shared %j', (more, expected) => {
  const told = lines((telemetry) => telemetry.asked({ ...report, refused: [], ...more }));
  const metrics = told.filter((line) => '_aws' in line);
  expect(metrics.map((line) => ['exactHits', 'similarHits', 'shared'].map((name) => line[name]))).toEqual([
    expected,
  ]);
});

it('each reason of a refusal is a metrics line of its own, once a question', () => {
  const refused = ['negation', 'number', 'negation'] as const;
  const told = lines((telemetry) => telemetry.asked({ ...report, refused }));
  const refusals = told.filter((line) => 'refusals' in line);
  expect(refusals).toMatchObject([
    { reason: 'negation', refusals: 1 },
    { reason: 'number', refusals: 1 },
  ]);
  for (const line of refusals)
    expect(line['_aws']).toMatchObject({ CloudWatchMetrics: [{ Dimensions: [['service', 'reason']] }] });
});

it('questions at once have metrics lines of their own', () => {
  const told = lines((telemetry) => {
    telemetry.asked({ ...report, refused: [] });
    telemetry.asked({ ...report, refused: [], outcome: 'declined', totalMs: 56 });
  });
  const metrics = told.filter((line) => '_aws' in line).map(({ outcome, total }) => [outcome, total]);
  expect(metrics).toEqual([
    ['stop', 34],
    ['declined', 56],
  ]);
});

it.each([
  [{ what: 'job', outcome: 'done' }, 'jobs'],
  [{ what: 'question', outcome: 'failed' }, 'jobQuestions'],
  [{ what: 'webhook', outcome: 'delivered' }, 'webhooks'],
] as const)('%j is one of a metric by its outcome', (report, name) => {
  const [line] = lines((telemetry) => telemetry.worked(report));
  expect(line).toMatchObject({ outcome: report.outcome, [name]: 1 });
  expect(line?.['_aws']).toMatchObject({ CloudWatchMetrics: [{ Dimensions: [['service', 'outcome']] }] });
});

describe('no words of a document or a question', () => {
  const words = 'THE SECRET WORDS';
  const manyLines = `answered:\n    at ${words} (file:///x.ts:1:2)\nat ${words}\n    at ${words}`;
  const thrown = Object.assign(new Error(manyLines), { body: words, response: { text: words } });
  const renamed = new Error(manyLines);
  renamed.message = 'changed since';

  it.each([
    ['the message of an error', new Error(words)],
    ['a message that looks like a stack', thrown],
    ['a message that was changed since', renamed],
    [
      'the cause of an error of ours',
      new RagError('model_rejected', 'The model refused.', { cause: thrown }),
    ],
    ['a cause of the cause', new RagError('internal', 'x', { cause: new Error('y', { cause: thrown }) })],
    ['its details', new RagError('invalid_request', 'x', { details: { sent: words } })],
    ['something thrown that is no error', words],
    ['an object', { message: words }],
    ['an aggregate', new AggregateError([thrown], words)],
  ])('leave by %s', (_, error) => {
    const told = lines((telemetry) => {
      telemetry.failed('request', error);
      telemetry.degraded('cache', error);
    });
    expect(told.map((line) => line['message'])).toEqual(['failed', 'degraded']);
    expect(written).not.toContain(words);
  });
});

it('an error is told by code, words of ours, and the places of its cause', () => {
  const error = new RagError('model_unavailable', 'The model is away.', { cause: new TypeError('x') });
  const [line] = lines((telemetry) => telemetry.failed('request', error));
  expect(line).toMatchObject({
    ...{ what: 'request', code: 'model_unavailable' },
    cause: {
      name: 'TypeError',
      places: expect.arrayContaining([expect.stringMatching(/^at .*:\d+:\d+\)?$/)]) as string[],
    },
  });
});
