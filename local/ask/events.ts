import * as z from 'zod';

const source = z.object({
  n: z.number(),
  document: z.string(),
  title: z.string(),
  page: z.number().optional(),
  line: z.number().optional(),
  headings: z.array(z.string()),
});

/** A source as an answer lists it. */
export type SourceView = z.infer<typeof source>;

const events = {
  sources: z.object({
    id: z.string(),
    cached: z.union([z.literal(false), z.string()]),
    cachedAt: z.string().optional(),
    sources: z.array(source),
  }),
  delta: z.object({ text: z.string() }),
  done: z.object({
    finishReason: z.string(),
    citations: z.array(z.number()),
    servedBy: z.string(),
    degraded: z.array(z.string()),
    timing: z.object({ firstTokenMs: z.number(), totalMs: z.number() }),
  }),
  error: z.object({ error: z.object({ message: z.string(), requestId: z.string().optional() }) }),
};

type Events = { [Name in keyof typeof events]: { type: Name } & z.infer<(typeof events)[Name]> };

/** An event of `POST /ask` with what a person at a terminal is shown of it. */
export type AskViewEvent = Events[keyof Events];

/** A server-sent event as an answer's event, or undefined for one that this program does not know. Throws if it is broken. */
export function parseEvent(name: string | undefined, data: string): AskViewEvent | undefined {
  if (name === undefined || !Object.hasOwn(events, name)) return undefined;
  const type = name as keyof typeof events;
  return { type, ...events[type].parse(JSON.parse(data)) } as AskViewEvent;
}
