import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { createPreludeReader } from '../../../local/lambda/prelude.ts';
import { readBody } from '../../../local/lambda/request-body.ts';
import { isCollected } from '../../fakes/collected.ts';

it('a request whose body is read does not hold it', async () => {
  const request = new IncomingMessage(new Socket());
  const read = async () => {
    const reading = readBody(request, 1_000_000);
    request.push(Buffer.alloc(100_000, 'x'));
    request.push(null);
    const body = await reading;
    if (body.kind !== 'read') throw new Error('The body was not read.');
    expect(body.bytes.length).toBe(100_000);
    return new WeakRef(body.bytes);
  };
  expect(await isCollected(await read())).toBe(true);
  request.destroy();
});

it('the reader of a prelude does not hold the bytes that it came with', async () => {
  const reader = createPreludeReader();
  const feed = () => {
    const chunk = Buffer.from(`{"statusCode":200}${'\0'.repeat(8)}data`);
    expect(reader.feed(chunk)?.prelude.statusCode).toBe(200);
    return new WeakRef(chunk);
  };
  expect(await isCollected(feed())).toBe(true);
  expect(reader.feed(Buffer.from('x'))).toBe(undefined);
});
