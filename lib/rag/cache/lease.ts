import { randomUUID } from 'node:crypto';
import { delay } from '../../async/delay.ts';
import type { AnswerKey, AnswerLeases, AnswerStore, Lease } from '../ports/answers.ts';
import type { CallOptions } from '../ports/call.ts';
import type { CachedAnswer } from '../types.ts';

/** How long a lease holds without being renewed: so long do others wait for a process that has died. */
const leaseMs = 6_000;
const renewMs = 2_000;

/** How often one who waits looks for the answer. */
const pollMs = 150;

/** Whose turn it is to make an answer, as one question sees it. */
export interface Turn {
  /** Name under which the lease was taken, or may have been; to be released by it. */
  holder: string;
  /**
   * Takes the lease unless another has it: `lead` if it is ours now, `follow` if another's runs, `alone` if there is no
   * use in waiting for one.
   */
  begin(lease: Lease | undefined, options: CallOptions): Promise<'lead' | 'follow' | 'alone'>;
  /**
   * Waits for the other's answer, another than the one made at `outdated` (ISO 8601); undefined once the turn is ours, or
   * there is no use in waiting any more.
   */
  follow(outdated: string | undefined, options: CallOptions): Promise<CachedAnswer | undefined>;
}

/** Creates the turn of one question; `onLead` is called when the lease is ours. */
export function createTurn(
  { answers, leases }: { answers: AnswerStore; leases: AnswerLeases },
  key: AnswerKey,
  onLead: () => void,
): Turn {
  const holder = randomUUID();
  const begin: Turn['begin'] = async (lease, options) => {
    if (lease?.isAbandoned) return 'alone';
    if (lease || !(await leases.take(key, holder, leaseMs, options))) return 'follow';
    onLead();
    return 'lead';
  };
  return {
    holder,
    begin,
    follow: async (outdated, options) => {
      for (;;) {
        await delay(pollMs, options);
        const { answer, lease } = await answers.find(key, options);
        if (answer && answer.createdAt !== outdated) return answer;
        if ((await begin(lease, options)) !== 'follow') return undefined;
      }
    },
  };
}

/** Renews a lease of ours until the signal aborts, or it is ours no more. A renewal that fails is made up for by the next. */
export async function keepLease(
  leases: AnswerLeases,
  key: AnswerKey,
  holder: string,
  options: CallOptions,
): Promise<void> {
  do await delay(renewMs, options);
  while (await leases.renew(key, holder, leaseMs, options).catch(() => true));
}
