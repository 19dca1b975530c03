const loopbackNames = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Whether a request's `Host` names this machine. A page elsewhere can make a browser call 127.0.0.1 under a name of its
 * own (DNS rebinding); the name it used is all that tells such a call from an honest one.
 */
export function isLoopbackHost(host: string | undefined): boolean {
  if (host === undefined) return false;
  return loopbackNames.has(host.replace(/:\d+$/, '').toLowerCase());
}

/** Whether a URL, as an endpoint variable or an `Origin` header has it, points at this machine. */
export function isLoopbackUrl(url: string): boolean {
  return URL.canParse(url) && loopbackNames.has(new URL(url).hostname);
}
