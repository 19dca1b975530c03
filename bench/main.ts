import { benchCacheCosts } from './cache-costs.ts';
import { benchAnswerLog } from './answer-log.ts';
import { benchCache } from './cache.ts';
import { benchCpu } from './cpu.ts';
import { benchIngest } from './ingest.ts';
import { benchKeyword } from './keyword.ts';
import { benchLatency } from './latency.ts';

const help = `Usage: npm run bench -- <what> [questions]

  latency   Time to the first token against the critical path, with the seed's delays on the wire, and beside it what
            the same steps cost one after another; an exact hit; four questions at once.  (60 questions)
  cpu       CPU time of the function for a question, without any delays on the wire.      (500 questions)
            With --profile <folder> it writes a CPU profile there; with --filter it asks questions with a filter that the
            index cannot check.
  cache     Cached answers: time to the first token and to the end over one read of a DynamoDB item.  (500 questions)
  log       What the log of streamed answers takes: times beside a product without it, in turns, and units of DynamoDB.
            (40 questions)
  keyword   Keyword search over bulk-loaded chunks: queries, read units and postings of a question, its time beside one
            query's, and what ingesting, keeping and replacing them costs at list price.  (--chunks 100000)
  cache-costs  What each call of the answer cache costs, in DynamoDB's units.
  ingest    Chunks a second and the event loop's worst delay with 1 and with 16 documents at once, and time and peak memory
            for a text of 10 MB and a PDF of 2,000 pages: functions/ingest.ts in a process of its own.

In latency, cpu, cache and log the product runs as it is deployed, functions/api.ts behind a function URL in a process of
its own, and DynamoDB and the model are servers on 127.0.0.1 in another process. Keyword and cache-costs take the adapters by
themselves. Each benchmark ends with one line for machines.
`;

const [what = '--help', ...rest] = process.argv.slice(2);
const questions = rest.find((each) => /^\d+$/.test(each));
const profile = rest.includes('--profile') ? rest[rest.indexOf('--profile') + 1] : undefined;
const chunks = rest.includes('--chunks') ? rest[rest.indexOf('--chunks') + 1] : undefined;

if (what === 'latency') await benchLatency(Number(questions ?? 60));
else if (what === 'cpu') {
  const tag = rest.includes('--filter') ? 'log' : undefined;
  await benchCpu(Number(questions ?? 500), { profileFolder: profile, tag });
} else if (what === 'cache') await benchCache(Number(questions ?? 500));
else if (what === 'cache-costs') await benchCacheCosts();
else if (what === 'log') await benchAnswerLog(Number(questions ?? 40));
else if (what === 'keyword') await benchKeyword(Number(chunks ?? 100_000));
else if (what === 'ingest') await benchIngest();
else {
  process.stdout.write(help);
  if (what !== '--help' && what !== '-h') process.exitCode = 1;
}
