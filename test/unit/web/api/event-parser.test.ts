import { expect, it } from 'vitest';
import { createEventParser, type ServerEvent } from '../../../../web/api/event-parser.ts';

const stream = [
  'id: 1\nevent: sources\ndata: {"id":"a"}\n\n',
  ': keep-alive\n\n',
  'id: 2\r\nevent: delta\r\ndata: {"text":"Grüße: €"}\r\n\r\n',
  'event: error\rdata:one\rdata: two\r\r',
  'data: cut off',
].join('');

const events: ServerEvent[] = [
  { id: '1', event: 'sources', data: '{"id":"a"}' },
  { id: '2', event: 'delta', data: '{"text":"Grüße: €"}' },
  { id: undefined, event: 'error', data: 'one\ntwo' },
];

it.each([1, 2, 3, 7, 1_000])('reads the same events in pieces of %i characters', (size) => {
  const parser = createEventParser();
  const pieces = stream.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? [];
  expect(pieces.flatMap((piece) => parser.push(piece))).toEqual(events);
});

it('gives an event the moment its empty line is there', () => {
  const parser = createEventParser();
  expect(parser.push('data: a\n')).toEqual([]);
  expect(parser.push('\n')).toEqual([{ id: undefined, event: 'message', data: 'a' }]);
});
