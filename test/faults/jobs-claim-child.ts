/** Many holders of one process: all of them claim the job that it is told of over IPC at once, and it says who got it. */
import { createDynamoDb } from '../../lib/dynamodb/client.ts';
import { createJobStore } from '../../lib/dynamodb/jobs.ts';
import type { JobKey } from '../../lib/rag/ports/jobs.ts';

/** Which job, for how long, and by how much the time of day runs ahead. */
export interface Told {
  key: JobKey;
  leaseMs: number;
  aheadMs: number;
}

const [, , table = '', claims = ''] = process.argv;
const jobs = createJobStore(createDynamoDb(), table);
const options = { signal: new AbortController().signal };

let aheadMs = 0;
const realNow = Date.now.bind(Date);
Date.now = () => realNow() + aheadMs;

process.on('message', (told: Told) => {
  ({ aheadMs } = told);
  const holders = Array.from({ length: Number(claims) }, (_, n) => `${process.pid} ${n}`);
  const claim = async (holder: string) => {
    const job = await jobs.claim(told.key, holder, told.leaseMs, options);
    return job ? [holder] : [];
  };
  Promise.all(holders.map(claim)).then(
    (held) => process.send?.(held.flat()),
    () => process.exit(1),
  );
});
process.send?.('ready');
