import { evaluateAnswers } from './answers.ts';

const usage = `npm run eval -- <what>

  answers   asks the committed questions about our own documentation, on the laptop cloud with its offline models:
            how often the right source is among the first five, and how often what is not in the documents is declined`;

const what = process.argv[2];
if (what === 'answers') {
  process.exitCode = (await evaluateAnswers()) ? 0 : 1;
} else {
  process.stdout.write(`${usage}\n`);
  process.exitCode = what === '--help' || what === '-h' ? 0 : 2;
}
