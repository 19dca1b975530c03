import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { createAfterResponse } from '../lib/async/after-response.ts';
import { createAnswerLog } from '../lib/dynamodb/answer-log.ts';
import { controlTable } from '../lib/dynamodb/tables.ts';
import { createAnswerStreams } from '../lib/rag/answer-log/answer-streams.ts';
import type { Ask } from '../lib/rag/ask/ask.ts';
import type { Source } from '../lib/rag/types.ts';
import { ask } from '../test/wire/ask-client.ts';
import { productEnvironment } from '../test/wire/product-environment.ts';
import { startProduct, type Product } from '../test/wire/start-product.ts';
import { startWire } from '../test/wire/start-wire.ts';
import { machine, median, printTable } from './figures.ts';
import { startMeteredTable } from './metered-dynamodb.ts';

/** The delays of the seed text, in milliseconds. */
const delaysMs = { embedding: 50, cache: 5, documents: 20, search: 30, firstToken: 200 };
const tokens = 500;
const warmUps = 60;

/** Tokens a second of the answers whose units are counted. */
const speeds = [25, 50, 200];

/** Measures what the log of answers takes: time of a stream beside one without a log, in turns, and units of DynamoDB. */
export async function benchAnswerLog(questions: number): Promise<void> {
  const [on, off] = await measureTimes(questions);
  const units: Units[] = [];
  for (const speed of speeds) units.push(await measureUnits(speed));
  process.stdout.write(
    `The log of answers, ${questions} questions with and without it in turns, ${tokens} tokens each, ${machine()}.\n\n`,
  );
  const row = (name: string, of: (times: Times) => number, digits = 1) => [
    name,
    of(off).toFixed(digits),
    of(on).toFixed(digits),
    (of(on) / of(off)).toFixed(3),
  ];
  printTable([
    ['median', 'without', 'with', 'with / without'],
    row('first token, ms', ({ firstTokens }) => median(firstTokens)),
    row('last byte, ms', ({ totals }) => median(totals)),
    row('CPU of a question, ms', ({ cpuMs }) => cpuMs, 2),
  ]);
  process.stdout.write(`\nDynamoDB's own account of an answer of ${tokens} tokens with 8 sources:\n\n`);
  printTable([
    ['tokens a second', 'writes', 'write units', 'reads', 'read units', 'a million answers'],
    ...units.map(({ speed, writes, writeUnits, reads, readUnits }) => [
      ...[speed, writes, writeUnits, reads, readUnits].map(String),
      `$${(0.625 * writeUnits + 0.125 * readUnits).toFixed(2)}`,
    ]),
  ]);
  const ratio = (of: (times: Times) => readonly number[]) => (median(of(on)) / median(of(off))).toFixed(3);
  process.stdout.write(
    `\nlog firstTokenRatio=${ratio(({ firstTokens }) => firstTokens)} lastByteRatio=${ratio(({ totals }) => totals)} ` +
      `writeUnits=${units[1]?.writeUnits} readUnits=${units[1]?.readUnits}\n`,
  );
}

/** What the log of one answer has cost. */
interface Units {
  /** Tokens a second. */
  speed: number;
  writes: number;
  writeUnits: number;
  reads: number;
  readUnits: number;
}

interface Times {
  firstTokens: number[];
  totals: number[];
  cpuMs: number;
}

async function measureTimes(questions: number): Promise<[on: Times, off: Times]> {
  const wire = await startWire({ delaysMs, tokens });
  const environment = productEnvironment(wire);
  const start = (answerLog: 'on' | 'off') => startProduct({ ...environment, ANSWER_LOG: answerLog });
  const products = await Promise.all([start('on'), start('off')]);
  const agent = new Agent({ keepAlive: true });
  const measured: [Times, Times] = [times(), times()];
  let asked = 0;
  const askInTurns = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      for (const [at, product] of products.entries()) {
        asked += 1;
        const answer = await ask(product.url, { question: `Who writes log number ${asked}?` }, agent);
        if (answer.done?.finishReason !== 'stop') throw new Error(`No answer: ${answer.body}`);
        measured[at]?.firstTokens.push(answer.firstDeltaMs ?? Number.NaN);
        measured[at]?.totals.push(answer.totalMs);
      }
    }
  };
  const cpu = (product: Product) => product.cpuMs();
  try {
    await askInTurns(warmUps);
    for (const each of measured) Object.assign(each, times());
    const before = await Promise.all(products.map(cpu));
    await askInTurns(questions);
    const after = await Promise.all(products.map(cpu));
    for (const [at, each] of measured.entries())
      each.cpuMs = ((after[at] ?? 0) - (before[at] ?? 0)) / questions;
    return measured;
  } finally {
    agent.destroy();
    await Promise.all(products.map((product) => product.close()));
    await wire.close();
  }
}

function times(): Times {
  return { firstTokens: [], totals: [], cpuMs: 0 };
}

const source = (n: number): Source => ({
  ...{ n, document: `handbook/part-${n}.md`, title: `Part ${n} of the handbook`, chunk: n, score: 0.71 },
  ...{ uri: `s3://raglan-documents/default/main/handbook/part-${n}.md`, headings: ['Handbook', `Part ${n}`] },
  snippet: 'The keeper of the lighthouse writes the weather into the log before the watch changes. '
    .repeat(3)
    .slice(0, 240),
});

/** An answer as a model gives it, at its pace. */
function answerAt(speed: number): Ask {
  return async function* answer() {
    const startMs = performance.now();
    yield {
      type: 'sources',
      id: 'f'.repeat(32),
      cached: false,
      sources: Array.from({ length: 8 }, (_, n) => source(n)),
    };
    for (let n = 0; n < tokens; n += 1) {
      yield { type: 'delta', text: [' the', ' keeper', ' writes', ' it', '.'][n % 5] ?? '' };
      await pause(Math.max(0, startMs + ((n + 1) * 1_000) / speed - performance.now()));
    }
    yield {
      ...{ type: 'done', finishReason: 'stop', citations: [1, 2], servedBy: 'model', degraded: [] },
      ...{ usage: { promptTokens: 1_834, completionTokens: tokens } },
      timing: { steps: { embed: [0.5, 52.3], model: [90, 290] }, firstTokenMs: 284.9, totalMs: 10_611.2 },
    };
  };
}

async function measureUnits(speed: number): Promise<Units> {
  const { client, meter, close } = await startMeteredTable('control', controlTable());
  const fail = (error: unknown) => {
    throw error;
  };
  try {
    meter.reset();
    const { streamAnswer } = createAnswerStreams(answerAt(speed), createAnswerLog(client, 'control'), fail);
    const afterResponse = createAfterResponse(fail);
    const question = { text: 'Who?', scope: 'default/main', history: [], topK: 8, cache: 'off' } as const;
    const { signal } = new AbortController();
    const toErrorEvent = fail as never;
    for await (const _ of streamAnswer(question, { signal, budgetMs: 60_000, afterResponse, toErrorEvent }));
    await afterResponse.settle(5_000);
    const count = (...names: string[]) => names.reduce((sum, name) => sum + (meter.calls.get(name) ?? 0), 0);
    const writes = count('PutItemCommand', 'UpdateItemCommand');
    const reads = count('QueryCommand');
    // A query that finds nothing is billed a unit on AWS; the local DynamoDB accounts for none.
    return {
      speed,
      writes,
      writeUnits: meter.writeUnits,
      reads,
      readUnits: Math.max(reads, meter.readUnits),
    };
  } finally {
    await close();
  }
}
