/** Presses that npm passes on arrive twice within this time, in milliseconds. */
const samePressMs = 500;

/**
 * Calls `stop` at the first Ctrl-C or request to end, and ends the process when it has; at the second, at once. The
 * terminal sends Ctrl-C to every process, npm included, which passes it on: two of them close together are one.
 */
export function onStopRequest(stop: () => Promise<void>): void {
  let askedAt: number | undefined;
  const handle = () => {
    if (askedAt === undefined) {
      askedAt = Date.now();
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    } else if (Date.now() - askedAt > samePressMs) {
      process.exit(130);
    }
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
}
