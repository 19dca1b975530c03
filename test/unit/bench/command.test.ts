import { expect, it } from 'vitest';
import { readCommand } from '../../../bench/command.ts';

it('reads what is measured, how often and with what', () => {
  expect(readCommand(['latency'])).toEqual({ what: 'latency', hasFilter: false });
  expect(readCommand(['streams', '2000'])).toEqual({ what: 'streams', count: 2_000, hasFilter: false });
  expect(readCommand(['cpu', '--profile', 'folder', '--filter', '40'])).toEqual({
    ...{ what: 'cpu', count: 40, profileFolder: 'folder', hasFilter: true },
  });
  expect(readCommand(['keyword', '--chunks', '500'])).toMatchObject({ what: 'keyword', chunks: 500 });
});

it.each([[[]], [['--help']], [['latency', '-h']]])('%j asks for help', (args) => {
  expect(readCommand(args)).toBe('help');
});

it.each([
  [['latenzy']],
  [['latency', 'abc']],
  [['latency', '0']],
  [['latency', '1.5']],
  [['latency', '60', '60']],
  [['latency', '--fast']],
  [['cpu', '--profile']],
  [['keyword', '--chunks', 'many']],
])('%j is no command', (args) => {
  expect(readCommand(args)).toBe('unknown');
});
