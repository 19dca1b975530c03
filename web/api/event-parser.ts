/** One server-sent event. Its id is its own: one that comes without is not given that of the event before. */
export interface ServerEvent {
  id: string | undefined;
  event: string;
  data: string;
}

/** Takes a stream's text as it comes, cut anywhere, and gives the events that are whole by then. */
export interface EventParser {
  push(text: string): ServerEvent[];
}

/** Creates a parser of one stream (https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream). */
export function createEventParser(): EventParser {
  let rest = '';
  let fields = new Map<string, string>();
  const dispatch = (): ServerEvent[] => {
    const [data, event = 'message', id] = [fields.get('data'), fields.get('event'), fields.get('id')];
    fields = new Map();
    return data === undefined ? [] : [{ id, event, data }];
  };
  return {
    push: (text) => {
      const lines = (rest + text).split(lineEnd);
      rest = lines.pop() ?? '';
      return lines.flatMap((line) => {
        if (line === '') return dispatch();
        readField(line, fields);
        return [];
      });
    },
  };
}

/** A carriage return at the very end may be half of a line's end, so it is left for what comes next. */
const lineEnd = /\r\n|\n|\r(?!$)/;

function readField(line: string, fields: Map<string, string>): void {
  const colon = line.indexOf(':');
  // A line that begins with a colon is a comment, which only keeps the connection open.
  if (colon === 0) return;
  const name = colon === -1 ? line : line.slice(0, colon);
  const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
  const before = name === 'data' ? fields.get(name) : undefined;
  fields.set(name, before === undefined ? value : `${before}\n${value}`);
}
