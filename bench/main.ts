import { benchCacheCosts } from './cache-costs.ts';
import { benchAnswerLog } from './answer-log.ts';
import { benchCache } from './cache.ts';
import { readCommand, type Command } from './command.ts';
import { benchCpu } from './cpu.ts';
import { benchIngest } from './ingest.ts';
import { benchKeyword } from './keyword.ts';
import { benchLatency } from './latency.ts';
import { benchStreams } from './streams.ts';

const help = `Usage: npm run bench -- <what> [count]

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
  streams   Many streams open at once in one process, all of different questions and all of one: what failed, first token,
            memory and CPU a stream, and how late the event loop is.  (1,000 streams, at most 10,000)
  cache-costs  What each call of the answer cache costs, in DynamoDB's units.
  ingest    Chunks a second and the event loop's worst delay with 1 and with 16 documents at once, and time and peak memory
            for a text of 10 MB and a PDF of 2,000 pages: functions/ingest.ts in a process of its own.

In latency, cpu, cache, log and streams the product runs as it is deployed, functions/api.ts behind a function URL in a process of
its own, and DynamoDB and the model are servers on 127.0.0.1 in another process. Keyword and cache-costs take the adapters by
themselves. Each benchmark ends with one line for machines.
`;

const run: Record<Command['what'], (command: Command) => Promise<void>> = {
  latency: ({ count = 60 }) => benchLatency(count),
  cpu: ({ count = 500, profileFolder, hasFilter }) =>
    benchCpu(count, { profileFolder, tag: hasFilter ? 'log' : undefined }),
  cache: ({ count = 500 }) => benchCache(count),
  'cache-costs': () => benchCacheCosts(),
  log: ({ count = 40 }) => benchAnswerLog(count),
  keyword: ({ chunks = 100_000 }) => benchKeyword(chunks),
  streams: ({ count = 1_000 }) => benchStreams(count),
  ingest: () => benchIngest(),
};

const command = readCommand(process.argv.slice(2));
if (command === 'help') process.stdout.write(help);
else if (command === 'unknown') {
  process.stderr.write(help);
  process.exitCode = 2;
} else await run[command.what](command);
