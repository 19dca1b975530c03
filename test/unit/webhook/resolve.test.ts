import { createSocket, type Socket } from 'node:dgram';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { resolveByDns } from '../../../lib/webhook/resolve.ts';

const dns = vi.hoisted(() => ({ server: '' }));

// The same resolver, asking a server of ours.
vi.mock('node:dns/promises', async (original) => {
  const { Resolver: Real } = await original<typeof import('node:dns/promises')>();
  class Resolver extends Real {
    constructor(options: ConstructorParameters<typeof Real>[0]) {
      super(options);
      this.setServers([dns.server]);
    }
  }
  return { Resolver };
});

const zone: Record<string, { 4?: string[]; 6?: string }> = {
  'both.example': { 4: ['93.184.215.14', '10.0.0.1'], 6: '2606:4700:0:0:0:0:0:1111' },
  'four.example': { 4: ['1.1.1.1'] },
  'six.example': { 6: '2a00:0:0:0:0:0:0:1' },
};
const { signal } = new AbortController();
const asked: string[] = [];
let server: Socket;

beforeAll(async () => {
  server = createSocket('udp4');
  server.on('message', (query, { port, address }) => {
    const reply = answer(query);
    if (reply) server.send(reply, port, address);
  });
  await new Promise<void>((resolve) => {
    server.bind(0, '127.0.0.1', resolve);
  });
  dns.server = `127.0.0.1:${server.address().port}`;
});
afterAll(() => void server.close());

/** What the zone says to a query (RFC 1035, 4); nothing at all for names that begin with "silent". */
function answer(query: Buffer): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += length + 1;
  }
  const name = labels.join('.');
  if (name.startsWith('silent')) return undefined;
  const type = query.readUInt16BE(at + 1);
  asked.push(`${name} ${type}`);
  const records =
    type === 1 ? (zone[name]?.[4] ?? []).map(toBytes4) : [zone[name]?.[6] ?? []].flat().map(toBytes6);
  const header = Buffer.from(query.subarray(0, 12));
  header.writeUInt16BE(zone[name] ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  const parts = records.map((data) => {
    const record = Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
    return Buffer.concat([record, data]);
  });
  return Buffer.concat([header, query.subarray(12, at + 5), ...parts]);
}

function toBytes4(address: string): Buffer {
  return Buffer.from(address.split('.').map(Number));
}

function toBytes6(address: string): Buffer {
  const groups = address.split(':').map((group) => Number.parseInt(group, 16));
  return Buffer.from(groups.flatMap((group) => [group >> 8, group & 255]));
}

it('brings all addresses of both kinds, IPv4 first', async () => {
  expect(await resolveByDns('both.example', { signal })).toEqual([
    '93.184.215.14',
    '10.0.0.1',
    '2606:4700::1111',
  ]);
});

it('is content with one kind', async () => {
  expect(await resolveByDns('four.example', { signal })).toEqual(['1.1.1.1']);
  expect(await resolveByDns('six.example', { signal })).toEqual(['2a00::1']);
});

it('throws for a name that there is not, and asks for no other in its place', async () => {
  asked.length = 0;
  await expect(resolveByDns('none', { signal })).rejects.toMatchObject({ code: 'ENOTFOUND' });
  await expect(resolveByDns('localhost', { signal })).rejects.toMatchObject({ code: expect.any(String) });
  expect(new Set(asked.map((each) => each.split(' ')[0]))).toEqual(new Set(['none', 'localhost']));
});

it('gives up when its caller does', async () => {
  const gone = new AbortController();
  const resolving = resolveByDns('silent.example', { signal: gone.signal });
  const reason = new Error('gone');
  setImmediate(() => gone.abort(reason));
  await expect(resolving).rejects.toBe(reason);
});
