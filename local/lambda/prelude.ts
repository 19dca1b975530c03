/** What a streaming function says about its response before the first byte of the body. */
export interface Prelude {
  statusCode: number;
  headers: Record<string, string>;
  cookies: string[];
}

/** The platform gives up on a prelude that has not ended by then, in bytes. */
const maxPreludeBytes = 1024 * 1024;

const delimiter = Buffer.alloc(8);
const nothing: Buffer = Buffer.alloc(0);

/** Headers that belong to a connection and not to a response; the platform sets its own. */
const connectionHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'trailer']);

/**
 * Gathers the bytes of a response until its prelude is whole: the JSON up to eight zero bytes. `feed` returns undefined
 * until then, and then the prelude with the bytes that already belong to the body. Throws for a prelude nobody can use.
 */
export function createPreludeReader(): {
  feed(chunk: Buffer): { prelude: Prelude; rest: Buffer } | undefined;
} {
  let gathered = nothing;
  return {
    feed(chunk) {
      gathered = gathered.length === 0 ? chunk : Buffer.concat([gathered, chunk]);
      const end = gathered.indexOf(delimiter);
      if (end !== -1) {
        const prelude = parsePrelude(gathered.subarray(0, end).toString('utf8'));
        const rest = gathered.subarray(end + delimiter.length);
        // The reader lives as long as the response, and a small buffer keeps the whole slab that it was cut from.
        gathered = nothing;
        return { prelude, rest };
      }
      if (gathered.length > maxPreludeBytes) throw new Error('The response prelude has no end.');
      return undefined;
    },
  };
}

function parsePrelude(json: string): Prelude {
  const given = JSON.parse(json) as Partial<Record<keyof Prelude, unknown>>;
  const statusCode = Number(given.statusCode ?? 200);
  if (!Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) {
    throw new Error(`The response prelude has the status ${String(given.statusCode)}.`);
  }
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given.headers ?? {})) {
    if (!connectionHeaders.has(name.toLowerCase())) headers[name] = String(value);
  }
  const cookies = Array.isArray(given.cookies) ? given.cookies.map(String) : [];
  return { statusCode, headers, cookies };
}
