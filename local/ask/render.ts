import { AskFailure } from './client.ts';
import type { AskViewEvent, SourceView } from './events.ts';
import { toHint, toOrigin, type FromCache } from './from-cache.ts';

/** Writes an answer as it comes, then the sources it cites and how long it took. Throws AskFailure for an `error` event. */
export async function renderAnswer(
  events: AsyncIterable<AskViewEvent>,
  write: (text: string) => unknown,
): Promise<void> {
  let sources: SourceView[] = [];
  let from: FromCache | undefined;
  for await (const event of events) {
    if (event.type === 'sources') {
      ({ sources } = event);
      const { id, cached, cachedAt } = event;
      from = cached === false ? undefined : { id, cached, cachedAt };
    }
    if (event.type === 'delta') write(event.text);
    if (event.type === 'done') write(toEnding(event, sources, from));
    if (event.type === 'error') {
      write('\n');
      throw new AskFailure(toReason(event.error));
    }
  }
}

function toReason({ message, requestId }: { message: string; requestId?: string | undefined }): string {
  return requestId === undefined ? message : `${message} (request ${requestId})`;
}

function toEnding(
  done: Extract<AskViewEvent, { type: 'done' }>,
  sources: SourceView[],
  from: FromCache | undefined,
): string {
  const cited = sources.filter(({ n }) => done.citations.includes(n)).map(toLine);
  const { firstTokenMs, totalMs } = done.timing;
  const how = [
    done.servedBy,
    ...(from ? [toOrigin(from)] : []),
    `first token after ${Math.round(firstTokenMs)} ms`,
    `all after ${Math.round(totalMs)} ms`,
    ...(done.finishReason === 'length' ? ['cut: the answer reached its longest'] : []),
    ...(done.degraded.length > 0 ? [`without: ${done.degraded.join(', ')}`] : []),
  ];
  return `\n${cited.length > 0 ? `\n${cited.join('\n')}\n` : ''}\n(${how.join('; ')})\n${from ? toHint(from) : ''}`;
}

function toLine({ n, document, title, page, line, headings }: SourceView): string {
  const place = page === undefined ? (line === undefined ? '' : `:${line}`) : `, page ${page}`;
  return `[${n}] ${document}${place}  ${headings.at(-1) ?? title}`;
}
