import { Duration } from 'aws-cdk-lib';

/** Lambda's own limit. Most documents take seconds, and one that takes longer is handed on in time. */
export const ingestTimeout = Duration.minutes(15);

/**
 * How long a message that was not dealt with stays hidden. AWS advises six times the function's timeout, against
 * throttled pollers that hold messages too long. Here the event source's own concurrency limit keeps throttling away
 * and a second delivery changes nothing, while six times would let a document wait 90 minutes for its second try.
 */
export const ingestVisibility = Duration.minutes(16);

/**
 * How often an event is delivered: three tries, and then once more to a function that only notes what became of them, for
 * nobody else is left to do so where each try ended the process. The function is told the same number.
 */
export const maxReceives = 4;
