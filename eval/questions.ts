import { readFile } from 'node:fs/promises';
import * as z from 'zod';

const questionsFile = new URL('questions.json', import.meta.url);

const questionsSchema = z.object({
  answerable: z.array(z.object({ question: z.string(), source: z.array(z.string()), says: z.string() })),
  unanswerable: z.array(z.string()),
});

/** Reads the committed questions about our own documentation: where the answer stands and what it must say. */
export async function readQuestions(): Promise<z.infer<typeof questionsSchema>> {
  return questionsSchema.parse(JSON.parse(await readFile(questionsFile, 'utf8')));
}

/** Whether a text says it, whatever its marks of code and emphasis, its citations and its case. */
export function isSaidIn(text: string, says: string): boolean {
  return plain(text).includes(plain(says));
}

function plain(text: string): string {
  return text
    .replaceAll(/\s*\[\d+(?:, \d+)*\]/g, '')
    .replaceAll(/[`*]/g, '')
    .toLowerCase();
}
