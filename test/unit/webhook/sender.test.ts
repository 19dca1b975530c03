import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createWebhookSender } from '../../../lib/webhook/sender.ts';
import { startReceiver, type Receiver } from './receiver.ts';

const options = { signal: new AbortController().signal };
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const webhook = { url: 'https://hooks.example/in?from=raglan', id: 'job-1', body: '{"ä":1}', secret };
const publicly = async () => ['93.184.215.14', '2606:4700::1111'];

let receiver: Receiver | undefined;
afterEach(async () => {
  await receiver?.close();
  receiver = undefined;
});

/** A receiver that answers with this, and a sender that finds it wherever names lead. */
async function set(status: number, headers: Record<string, string> = {}, resolve = publicly) {
  receiver = await startReceiver((_, response) => response.writeHead(status, headers).end('x'.repeat(100)));
  return { receiver, sender: createWebhookSender({ resolve, connect: receiver.connect }) };
}

describe('a webhook', () => {
  it('is posted as it is, signed so that the library verifies it', async () => {
    const { receiver, sender } = await set(204);
    expect(await sender.send(webhook, options)).toEqual({ isDelivered: true, status: 204 });
    const [{ method, path, headers, body } = { headers: {}, body: '' }] = receiver.received;
    expect({ method, path, body }).toEqual({ method: 'POST', path: '/in?from=raglan', body: '{"ä":1}' });
    expect(headers).toMatchObject({ host: 'hooks.example', 'content-type': 'application/json' });
    expect(headers).toMatchObject({ 'webhook-id': 'job-1' });
    expect(new Webhook(secret).verify(body, headers)).toEqual({ ä: 1 });
    expect(() => new Webhook(secret).verify('{"ä":2}', headers)).toThrow('No matching signature found');
    const others = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
    expect(() => new Webhook(others).verify(body, headers)).toThrow('No matching signature found');
  });

  it('goes to the addresses that were checked, on port 443, for the name of the URL', async () => {
    const { receiver, sender } = await set(200);
    await sender.send(webhook, options);
    expect(receiver.connected).toEqual([
      { host: 'hooks.example', servername: 'hooks.example', port: 443, addresses: await publicly() },
    ]);
  });

  it('goes over TLS by default, whose certificate is not waived', async () => {
    const psk = Buffer.alloc(16, 1);
    const ciphers = 'PSK-AES128-GCM-SHA256';
    const server = createServer({ pskCallback: () => psk, ciphers, maxVersion: 'TLSv1.2' }, (_, response) =>
      response.writeHead(202).end(),
    );
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const { port } = server.address() as AddressInfo;
    const sender = createWebhookSender({
      resolve: publicly,
      connect: (given) => {
        expect(given).not.toHaveProperty('rejectUnauthorized');
        const known = () => ({ psk, identity: 'test' });
        const here = { host: '127.0.0.1', port, ciphers, maxVersion: 'TLSv1.2', pskCallback: known } as const;
        return connectTls({ ...given, ...here, lookup: undefined, checkServerIdentity: () => undefined });
      },
    });
    expect(await sender.send(webhook, options)).toEqual({ isDelivered: true, status: 202 });
    server.closeAllConnections();
    server.close();
  });
});

describe('what the receiver answers', () => {
  it.each([200, 201, 299])('%i is a delivery', async (status) => {
    const { sender } = await set(status);
    expect(await sender.send(webhook, options)).toEqual({ isDelivered: true, status });
  });

  it.each([400, 404, 429, 500, 503])('%i is to be tried again', async (status) => {
    const { sender } = await set(status);
    expect(await sender.send(webhook, options)).toMatchObject({ isDelivered: false, status, isFinal: false });
  });

  it('410 is to be left alone', async () => {
    const { sender } = await set(410);
    expect(await sender.send(webhook, options)).toMatchObject({ isDelivered: false, isFinal: true });
  });

  it.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    const { receiver, sender } = await set(status, { location: 'https://169.254.169.254/latest/meta-data' });
    const outcome = await sender.send(webhook, options);
    expect(outcome).toMatchObject({
      isDelivered: false,
      status,
      reason: expect.stringContaining('redirects'),
    });
    expect(receiver.received).toHaveLength(1);
    expect(receiver.connected).toHaveLength(1);
  });

  it('is not read: a body without an end holds up nothing', async () => {
    receiver = await startReceiver((_, response) => void response.writeHead(200).write('on and on'));
    const sender = createWebhookSender({ resolve: publicly, connect: receiver.connect });
    expect(await sender.send(webhook, options)).toEqual({ isDelivered: true, status: 200 });
  });

  it('is waited for ten seconds', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const came = Promise.withResolvers<void>();
      receiver = await startReceiver(() => came.resolve());
      const sender = createWebhookSender({ resolve: publicly, connect: receiver.connect });
      const sending = sender.send(webhook, options);
      await came.promise;
      vi.advanceTimersByTime(10_000);
      expect(await sending).toMatchObject({
        isDelivered: false,
        isFinal: false,
        reason: expect.stringContaining('in time'),
      });
    } finally {
      vi.useRealTimers();
    }
  });

  it('is of no interest to one who has gone', async () => {
    const came = Promise.withResolvers<void>();
    receiver = await startReceiver(() => came.resolve());
    const sender = createWebhookSender({ resolve: publicly, connect: receiver.connect });
    const gone = new AbortController();
    const sending = sender.send(webhook, { signal: gone.signal });
    await came.promise;
    const reason = new Error('gone');
    gone.abort(reason);
    await expect(sending).rejects.toBe(reason);
  });
});

describe('a webhook to what is not the public internet', () => {
  const refused = { isDelivered: false, isFinal: true, reason: expect.any(String) };

  it.each([
    ['private', ['10.0.0.1']],
    ['loopback', ['127.0.0.1']],
    ['link-local', ['169.254.169.254']],
    ['one of several', ['93.184.215.14', '192.168.1.1']],
    ['one of several, IPv6', ['93.184.215.14', 'fd00::1']],
    ['mapped', ['::ffff:10.0.0.1']],
    ['translated', ['64:ff9b::a00:1']],
  ])('is not sent where a name leads there: %s', async (_, addresses) => {
    const { receiver, sender } = await set(200, {}, async () => addresses);
    expect(await sender.send(webhook, options)).toEqual(refused);
    expect(receiver.connected).toEqual([]);
  });

  it('is not sent where a name leads there at the next look-up: there is none', async () => {
    let asked = 0;
    const rebinding = async () => {
      asked += 1;
      return asked === 1 ? ['93.184.215.14'] : ['127.0.0.1'];
    };
    const { receiver, sender } = await set(200, {}, rebinding);
    expect(await sender.send(webhook, options)).toMatchObject({ isDelivered: true });
    expect(receiver.connected.map(({ addresses }) => addresses)).toEqual([['93.184.215.14']]);
    expect(asked).toBe(1);
    // The next attempt looks again, and sees.
    expect(await sender.send(webhook, options)).toEqual(refused);
    expect(receiver.connected).toHaveLength(1);
  });

  it.each([
    ...[
      'https://127.0.0.1/',
      'https://127.1/',
      'https://0x7f000001/',
      'https://2130706433/',
      'https://017700000001/',
    ],
    ...['https://[::1]/', 'https://[::ffff:7f00:1]/', 'https://169.254.169.254/', 'https://10.0.0.1/'],
    ...['https://[64:ff9b::1]/', 'https://[fe80::1]/', 'https://100.64.0.1/', 'https://203.0.113.1/'],
  ])('is not sent to an address as such: %s', async (url) => {
    const { receiver, sender } = await set(200, {}, async () => {
      throw new Error('There is no name to look up.');
    });
    expect(await sender.send({ ...webhook, url }, options)).toEqual(refused);
    expect(receiver.connected).toEqual([]);
  });

  it.each([
    ...['http://hooks.example/', 'https://hooks.example:8443/', 'https://hooks.example:80/'],
    ...['https://user@hooks.example/', 'https://user:secret@hooks.example/', 'ftp://hooks.example/', 'hooks'],
  ])('nor to a URL of another kind: %s', async (url) => {
    const { receiver, sender } = await set(200);
    expect(await sender.send({ ...webhook, url }, options)).toEqual(refused);
    expect(receiver.connected).toEqual([]);
  });
});

it('a name that cannot be resolved is tried again', async () => {
  const unknown = Object.assign(new Error('queryA ENOTFOUND hooks.example'), { code: 'ENOTFOUND' });
  const { sender } = await set(200, {}, () => Promise.reject(unknown));
  expect(await sender.send(webhook, options)).toEqual({
    isDelivered: false,
    isFinal: false,
    reason: 'The receiver could not be reached (ENOTFOUND).',
  });
});
