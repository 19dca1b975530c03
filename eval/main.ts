import { parseArgs } from 'node:util';
import { evaluateAnswers } from './answers.ts';
import { evaluateCache } from './cache.ts';
import { evaluateChunks } from './chunks.ts';
import { evaluateReplay } from './replay.ts';
import { evaluateRetrieval } from './retrieval.ts';

const usage = `npm run eval -- <what>

  answers     asks the committed questions about our own documentation, on the laptop cloud with its offline models:
              how often the right source is among the first five, and how often what is not in the documents is declined
  retrieval   retrieves the queries of SciFact (../shared/data) by keyword, by vector and by both: nDCG@10, recall@100
    --limit N   with N of its 5,183 documents only
    --gate      with the subset that has recorded floors, in under a minute
    --compare   prints what other ways to fuse the two give
  chunks      cuts SciFact and our own documentation at several sizes: what is found, and how much the model has to read
              for it. The first run embeds 4,000 passages, which takes about twelve minutes on two cores that do nothing
              else; they are kept in .eval-cache/, and a later run takes three minutes
  replay      edits, deletes and re-adds documents on the laptop cloud while 1,000 questions about them are asked with the
              answer cache in use: how many answers state what was replaced before they were asked for
  cache       asks Banking77 and CLINC150 (../shared/data) of the answer cache: hits against false hits for fixed thresholds,
              the guard and the learnt bound, in about five minutes; writes the plot of docs/decisions/0016
    --gate      a part of it against recorded floors, in under a minute`;

/** What was asked for, or undefined if it cannot be told. */
function parse() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        limit: { type: 'string' },
        gate: { type: 'boolean', default: false },
        compare: { type: 'boolean', default: false },
      },
    });
    const limit = values.limit === undefined ? undefined : Number(values.limit);
    const isValid =
      positionals.length === 1 && (limit === undefined || (Number.isInteger(limit) && limit > 0));
    return values.help || isValid ? { ...values, limit, what: positionals[0] } : undefined;
  } catch {
    return undefined;
  }
}

const asked = parse();
if (asked && !asked.help && asked.what === 'answers') {
  process.exitCode = (await evaluateAnswers()) ? 0 : 1;
} else if (asked && !asked.help && asked.what === 'retrieval') {
  const { limit, gate, compare } = asked;
  process.exitCode = await evaluateRetrieval({ gate, compare, ...(limit !== undefined && { limit }) });
} else if (asked && !asked.help && asked.what === 'chunks') {
  process.exitCode = await evaluateChunks();
} else if (asked && !asked.help && asked.what === 'replay') {
  process.exitCode = (await evaluateReplay()) ? 0 : 1;
} else if (asked && !asked.help && asked.what === 'cache') {
  process.exitCode = await evaluateCache(asked);
} else {
  process.stdout.write(`${usage}\n`);
  process.exitCode = asked?.help ? 0 : 2;
}
