import { isEnd } from '../../lib/rag/answer-log/stream-events.ts';
import type { AnswerLog, AnswerLogKey, LoggedAnswer, LoggedPart } from '../../lib/rag/ports/answer-log.ts';
import type { Calls } from './calls.ts';

/** A log as the fake keeps it. */
export interface StoredLog {
  answer: LoggedAnswer;
  /** By the ids of their last events. */
  parts: Map<number, LoggedPart>;
  beats: number;
  expiresAtMs: number;
}

const hourMs = 60 * 60 * 1_000;
const minuteMs = 60 * 1_000;

/** Logs of answers in memory. */
export function createFakeLog(calls: Calls): AnswerLog & { entries: Map<string, StoredLog> } {
  const entries = new Map<string, StoredLog>();
  const stops: { maker: string; key: AnswerLogKey; expiresAtMs: number }[] = [];
  const fresh = (key: AnswerLogKey) => {
    const entry = entries.get(nameOf(key));
    return entry && entry.expiresAtMs > Date.now() ? entry : undefined;
  };
  return {
    entries,
    open: (key, answer, { signal }) =>
      calls.take('log.open', { key, answer }, signal, () => {
        const expiresAtMs = Date.now() + hourMs;
        entries.set(nameOf(key), { answer, parts: new Map(), beats: 0, expiresAtMs });
      }),
    append: (key, part, { signal }) =>
      calls.take('log.append', structuredClone({ key, part }), signal, () => {
        fresh(key)?.parts.set(part.first + part.events.length - 1, structuredClone(part));
      }),
    beat: (key, { signal }) =>
      calls.take('log.beat', key, signal, () => {
        const entry = fresh(key);
        if (entry) Object.assign(entry, { beats: entry.beats + 1, expiresAtMs: Date.now() + hourMs });
      }),
    find: (key, { signal }) => calls.take('log.find', key, signal, () => fresh(key)?.answer),
    read: (key, after, { signal }) =>
      calls.take('log.read', { key, after }, signal, () => {
        const { parts = new Map<number, LoggedPart>(), beats = 0 } = fresh(key) ?? {};
        const sorted = Array.from(parts).toSorted(([a], [b]) => a - b);
        const isOver = sorted.some(([, { events }]) => events.some(isEnd));
        return { parts: sorted.filter(([last]) => last > after).map(([, part]) => part), isOver, beats };
      }),
    sendStop: (maker, key, { signal }) =>
      calls.take('log.sendStop', { maker, key }, signal, () => {
        stops.push({ maker, key, expiresAtMs: Date.now() + minuteMs });
      }),
    stopsOf: (maker, { signal }) =>
      calls.take('log.stopsOf', maker, signal, () =>
        stops.filter((stop) => stop.maker === maker && stop.expiresAtMs > Date.now()).map(({ key }) => key),
      ),
  };
}

function nameOf({ tenant, id }: AnswerLogKey): string {
  return `${tenant} ${id}`;
}
