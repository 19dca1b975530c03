import type * as z from 'zod';

/** Bodies by their media type. Of a stream (server-sent events, lines of JSON) the schema is that of one item. */
export type Content = Readonly<Record<string, z.ZodType>>;

/** What a route takes and gives, as `/openapi.json` tells it. Handlers parse what they take by the same schemas. */
export interface Contract {
  /** The path, its parameters in braces: `/documents/{id}`. A parameter that is not described is any text. */
  path: string;
  /** Name of the operation, as generated clients call it. */
  operation: string;
  /** What it does, as one sentence. */
  summary: string;
  parameters?: { path?: z.ZodObject; query?: z.ZodObject; header?: z.ZodObject };
  body?: { content: Content; isOptional?: true };
  /** By status. What is not named here is an error. */
  responses: Readonly<Record<number, { description: string; content?: Content }>>;
  /** Of every error; ours unless said. */
  error?: z.ZodType;
}

/** Media types that are a sequence of items. */
export const sequences: readonly string[] = ['text/event-stream', 'application/x-ndjson'];
