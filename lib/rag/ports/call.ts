/** Every call that leaves the process takes a signal; when it aborts, the work upstream stops. */
export interface CallOptions {
  signal: AbortSignal;
}
