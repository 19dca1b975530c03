/** Where the HTTP suite asks: in process, the local server, or a deployed stack. */
export interface HttpTarget {
  /** Like the global `fetch`, with a path instead of an address. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Whether a platform (or the server that stands for it) is in front, which refuses events over 6 MB itself. */
  hasPlatform: boolean;
  close(): Promise<void>;
}

/** How the suite gets its target. */
export type StartTarget = () => Promise<HttpTarget>;
