import * as z from 'zod';
import type { JobMessage } from '../rag/ports/jobs.ts';

const message = z.object({
  tenant: z.string(),
  id: z.string(),
  attempt: z.int().exactOptional(),
  dueAtMs: z.number().exactOptional(),
  fruitless: z.int().exactOptional(),
});

/** What the body of a message of the jobs' queue says. Throws if it is none of ours. */
export function readJobMessage(body: string): JobMessage {
  return message.parse(JSON.parse(body));
}
