import { RagError } from '../../lib/rag/errors.ts';
import { endpointVariables, type Variables } from '../settings.ts';

/** Why the server did not start and what to do, for the person who started it: no stack, no names of our own. */
export function explainStartFailure(
  error: unknown,
  { port, given }: { port: number; given: Variables },
): string {
  if (error instanceof RagError) return error.message;
  const { code, name, message } = error as { code?: string; name?: string; message?: string };
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use. Stop what runs there, or take another port: PORT=${port + 1} npm start`;
  }
  if (code === 'EACCES')
    return `Port ${port} is not ours to take. Choose one above 1023: PORT=3000 npm start`;
  const foreign = [...Object.values(endpointVariables), 'OPENAI_BASE_URL'].filter((name) => given[name]);
  const list = foreign.map((name) => `  ${name}=${withoutSecrets(given[name])}`).join('\n');
  const hint =
    foreign.length === 0 ? '' : `\nThese servers are used instead of ours; do they answer?\n${list}`;
  // The SDK's own words for it name its packages and options.
  const why = name === 'TimeoutError' ? 'A server did not answer in time.' : message || code;
  return `${why || 'The server did not start, and did not say why.'}${hint}`;
}

/** An address without the user, password and query that may stand in it. */
function withoutSecrets(url: string | undefined): string {
  if (url === undefined || !URL.canParse(url)) return '(not an address)';
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
