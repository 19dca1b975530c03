/** How a provider has done lately, in this process. */
export interface Circuit {
  /** Whether it is asked in its turn. While it rests it is not; whoever asks first after that tries it for the others. */
  admits(): boolean;
  succeeded(): void;
  failed(): void;
}

/** So many failures in a row, and a provider rests. */
const maxFailures = 3;

/** How long it rests, and how long the one who tries it then has the time to. */
const restMs = 30_000;

/** A circuit that is closed. `now` is a clock in milliseconds. */
export function createCircuit(now: () => number = () => performance.now()): Circuit {
  let failures = 0;
  let restsUntilMs = 0;
  const rest = () => {
    restsUntilMs = now() + restMs;
  };
  return {
    admits: () => {
      if (failures < maxFailures) return true;
      if (now() < restsUntilMs) return false;
      rest();
      return true;
    },
    succeeded: () => {
      failures = 0;
    },
    failed: () => {
      failures += 1;
      rest();
    },
  };
}
