/** `npm run ask -- "question"`: asks the running server and shows the answer as it comes; `--wrong ID` says it was wrong. */
import { parseArgs } from 'node:util';
import { AskFailure, askServer } from './ask/client.ts';
import { tellWrong } from './ask/feedback.ts';
import { renderAnswer } from './ask/render.ts';

const help = `Usage: npm run ask -- "question"
       npm run ask -- --wrong ID

Asks a running Raglan, writes the answer as it comes, then the sources it cites and how long it took.

  --wrong ID   tells it that an answer from its cache was wrong
  RAGLAN_URL   where it runs; http://localhost:3000 if not set
  RAGLAN_KEY   the key to show, where it wants one
  --help       this text`;

type Command = { question: string } | { wrong: string } | 'help' | 'unknown';

function readCommand(): Command {
  try {
    const { values, positionals } = parseArgs({
      options: { help: { type: 'boolean', short: 'h' }, wrong: { type: 'string' } },
      allowPositionals: true,
    });
    if (values.help) return 'help';
    const question = positionals.join(' ').trim();
    if (values.wrong) return question === '' ? { wrong: values.wrong } : 'unknown';
    return question === '' ? 'unknown' : { question };
  } catch {
    return 'unknown';
  }
}

async function run(command: Exclude<Command, string>, signal: AbortSignal): Promise<void> {
  const url = process.env['RAGLAN_URL'] || 'http://localhost:3000';
  if (!URL.canParse(url)) throw new AskFailure(`RAGLAN_URL is ${url}, which is no address.`);
  if ('question' in command) {
    return renderAnswer(askServer(url, command.question, signal), (text) => process.stdout.write(text));
  }
  await tellWrong(url, command.wrong, signal);
  console.log('Thank you. The cache has learnt that it was wrong.');
}

async function main(): Promise<number> {
  const command = readCommand();
  if (command === 'help') {
    console.log(help);
    return 0;
  }
  if (command === 'unknown') {
    console.error(help);
    return 2;
  }
  const stopping = new AbortController();
  process.once('SIGINT', () => stopping.abort());
  try {
    await run(command, stopping.signal);
    return 0;
  } catch (error) {
    if (stopping.signal.aborted) return 130;
    const isKnown = error instanceof AskFailure;
    console.error(isKnown ? error.message : 'The connection was cut before the answer ended.');
    return 1;
  }
}

process.exitCode = await main();
