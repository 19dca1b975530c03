/** `npm run ask -- "question"`: asks the running server and shows the answer as it comes. */
import { parseArgs } from 'node:util';
import { AskFailure, askServer } from './ask/client.ts';
import { renderAnswer } from './ask/render.ts';

const help = `Usage: npm run ask -- "question"

Asks a running Raglan, writes the answer as it comes, then the sources it cites and how long it took.

  RAGLAN_URL   where it runs; http://localhost:3000 if not set
  RAGLAN_KEY   the key to show, where it wants one
  --help       this text`;

function readQuestion(): string | undefined {
  try {
    const { values, positionals } = parseArgs({
      options: { help: { type: 'boolean', short: 'h' } },
      allowPositionals: true,
    });
    return values.help ? undefined : positionals.join(' ').trim();
  } catch {
    return '';
  }
}

async function main(): Promise<number> {
  const question = readQuestion();
  if (question === undefined) {
    console.log(help);
    return 0;
  }
  if (question === '') {
    console.error(help);
    return 2;
  }
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  const url = process.env['RAGLAN_URL'] || 'http://localhost:3000';
  try {
    if (!URL.canParse(url)) throw new AskFailure(`RAGLAN_URL is ${url}, which is no address.`);
    await renderAnswer(askServer(url, question, stopping.signal), (text) => process.stdout.write(text));
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    const isKnown = error instanceof AskFailure;
    console.error(isKnown ? error.message : 'The connection was cut before the answer ended.');
    return 1;
  }
}

process.exitCode = await main();
