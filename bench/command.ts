import { parseArgs } from 'node:util';

/** What can be measured. */
export const benchmarks = [
  'latency',
  'cpu',
  'cache',
  'cache-costs',
  'log',
  'keyword',
  'streams',
  'ingest',
] as const;

/** One of them, as it was asked for. */
export interface Command {
  what: (typeof benchmarks)[number];
  /** How many questions or streams; its own default where it is not given. */
  count?: number;
  profileFolder?: string;
  hasFilter: boolean;
  chunks?: number;
}

/** Reads a command line. `unknown` for anything that is none: another name or option, or a count that is no whole number from 1 on. */
export function readCommand(args: readonly string[]): Command | 'help' | 'unknown' {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        profile: { type: 'string' },
        filter: { type: 'boolean', default: false },
        chunks: { type: 'string' },
      },
    });
    const [name, count, ...others] = positionals;
    if (values.help || args.length === 0) return 'help';
    const what = benchmarks.find((known) => known === name);
    const numbers = [count, values.chunks].filter((text) => text !== undefined);
    if (what === undefined || others.length > 0 || !numbers.every(isCount)) return 'unknown';
    return {
      ...{ what, hasFilter: values.filter },
      ...(count !== undefined && { count: Number(count) }),
      ...(values.profile !== undefined && { profileFolder: values.profile }),
      ...(values.chunks !== undefined && { chunks: Number(values.chunks) }),
    };
  } catch {
    return 'unknown';
  }
}

function isCount(text: string): boolean {
  return /^[1-9]\d{0,8}$/.test(text);
}
