import { describe, expect, it } from 'vitest';
import { createApi } from '../../../lib/http/api.ts';
import type { Identify } from '../../../lib/http/router.ts';
import { RagError } from '../../../lib/rag/errors.ts';
import { finish, type Reply } from '../../fakes/chat.ts';
import { call, createService, errorOf, parsed, post, textOf } from './calling.ts';

const reply: Reply = ['It is ', 'red', ' \n\n', '🙂 [1', '].', ' Really.', finish];

function withGuide(parts: Reply = reply) {
  const service = createService(() => parts);
  service.serve('guide', 'v1', ['the red door']);
  return service;
}

/** The frames of a stream, comments left out. */
function framesOf(text: string): string[] {
  return text.split(/(?<=\n\n)/).filter((frame) => frame !== '' && !frame.startsWith(':'));
}

type Service = ReturnType<typeof withGuide>;

/** Asks and reads until `count` frames have come; the rest of the answer stays to be read. */
async function begin({ api }: Service, count: number) {
  const response = await post(api, '/ask', { question: 'which door?', stream: true });
  const parts = (response.body as AsyncIterable<string>)[Symbol.asyncIterator]();
  let text = '';
  for (let at = 0; at < count; at += 1) text += (await parts.next()).value;
  const id = /"id":"([0-9a-f]{32})"/.exec(text)![1]!;
  const rest = async () => {
    for (let part = await parts.next(); !part.done; part = await parts.next()) text += part.value;
    await response.afterResponse!();
    return framesOf(text);
  };
  return { id, rest };
}

async function askWhole(service: Service) {
  const { id, rest } = await begin(service, 1);
  return { id, frames: await rest() };
}

const events = (service: Pick<Service, 'api'>, id: string, after: number | string) =>
  call(service.api, 'GET', `/answers/${id}/events`, { headers: { 'last-event-id': String(after) } });

const stop = (service: Pick<Service, 'api'>, id: string) => call(service.api, 'POST', `/answers/${id}/stop`);

describe('an answer whose stream was cut', () => {
  it.each([
    ['whole', reply],
    ['declined', ['NOT_FOUND', finish]],
    ['failed', ['It is ', 'red', new RagError('model_unavailable', 'Gone.')]],
    ['cut by the model', ['It is ']],
  ] as const)('is resumed at every event to the same bytes: %s', async (_, parts) => {
    const service = withGuide(parts);
    const { id, frames } = await askWhole(service);
    expect(frames.length).toBeGreaterThan(2);
    for (const boundary of [...frames.keys(), frames.length]) {
      const resumed = await events(service, id, boundary);
      expect(resumed.status).toBe(200);
      expect(resumed.headers['content-type']).toMatch(/^text\/event-stream/);
      expect(framesOf(await textOf(resumed))).toEqual(frames.slice(boundary));
    }
  });

  it('has events that count from 1, the last of them the end', async () => {
    const { frames } = await askWhole(withGuide());
    expect(frames.map((frame) => /^id: (\d+)\n/.exec(frame)?.[1])).toEqual(
      frames.map((_, at) => String(at + 1)),
    );
    expect(frames.at(-1)).toContain('event: done');
  });

  it('is resumed while it is made, at every event', async () => {
    const whole = await askWhole(withGuide());
    const strip = (frame: string) => frame.replace(/"(id|timing)":.*$/s, '');
    for (const boundary of whole.frames.keys()) {
      const service = withGuide();
      const { id, rest } = await begin(service, boundary + 1);
      const resuming = events(service, id, boundary);
      const frames = await rest();
      expect(framesOf(await textOf(await resuming))).toEqual(frames.slice(boundary));
      expect(frames.map(strip)).toEqual(whole.frames.map(strip));
    }
  });

  it('is read from its first event on without a header, or after the one that the query names', async () => {
    const service = withGuide();
    const { id, frames } = await askWhole(service);
    const whole = await call(service.api, 'GET', `/answers/${id}/events`);
    expect(framesOf(await textOf(whole))).toEqual(frames);
    const part = await call(service.api, 'GET', `/answers/${id}/events?after=2`);
    expect(framesOf(await textOf(part))).toEqual(frames.slice(2));
    // A browser connects again to the same address, and says what it has by the header.
    const both = { headers: { 'last-event-id': '3' } };
    const again = await call(service.api, 'GET', `/answers/${id}/events?after=2`, both);
    expect(framesOf(await textOf(again))).toEqual(frames.slice(3));
  });

  it.each(['x', '-1', '1.5', '9e99', '1,2'])('refuses %s as an id of an event', async (after) => {
    const service = withGuide();
    const { id } = await askWhole(service);
    const response = await events(service, id, after);
    expect([response.status, errorOf(response)['code']]).toEqual([400, 'invalid_request']);
    const asked = await call(service.api, 'GET', `/answers/${id}/events?after=${after}`);
    expect(asked.status).toBe(400);
  });

  it('that fails to be read has a true status, and later an error without an id', async () => {
    const service = withGuide();
    const { id, rest } = await begin(service, 2);
    service.calls.before('log.read', () => Promise.reject(new RagError('storage_unavailable', 'Away.')));
    expect((await events(service, id, 1)).status).toBe(503);
    let reads = 0;
    service.calls.before('log.read', () => {
      reads += 1;
      return reads > 1 ? Promise.reject(new RagError('storage_unavailable', 'Away.')) : undefined;
    });
    await service.log.append(
      { tenant: 'default', id },
      { first: 1, events: [{ type: 'delta', text: 'a' }] },
      {
        signal: new AbortController().signal,
      },
    );
    const text = await textOf(await events(service, id, 0));
    expect(text).toMatch(/^id: 1\n[^]*\n\nevent: error\ndata: {"error":{"code":"storage_unavailable"/);
    await rest();
  });
});

describe('a running answer', () => {
  it('is stopped: the model is ended, what was told is all of it, and it is not kept', async () => {
    const service = withGuide(['It is red [1]. ', 'And ', 'more.', finish]);
    const { id, rest } = await begin(service, 2);
    service.calls.hold('chat.next');
    const response = await stop(service, id);
    expect([response.status, parsed(response)]).toEqual([202, { id }]);
    expect(service.calls.of('chat.open')[0]!.signal.aborted).toBe(true);
    const frames = await rest();
    const done = JSON.parse(/^data: (.*)$/m.exec(frames.at(-1)!)![1]!) as Record<string, unknown>;
    expect(frames).toHaveLength(3);
    expect(done).toMatchObject({ finishReason: 'stopped', citations: [1], servedBy: 'fake-chat-2026' });
    expect(done).toMatchObject({ usage: { completionTokens: 4, promptTokens: expect.any(Number) } });
    expect((done['timing'] as { steps: object }).steps).toHaveProperty('generate');
    expect(service.telemetry.reports).toMatchObject([{ outcome: 'stopped', usage: done['usage'] }]);
    expect(service.calls.of('answers.put')).toEqual([]);
    expect(service.calls.open()).toEqual([]);
    expect(service.failures).toEqual([]);
    expect(framesOf(await textOf(await events(service, id, 1)))).toEqual(frames.slice(1));
  });

  it('that others share is stopped for one of them alone', async () => {
    const service = withGuide();
    const held = service.calls.hold('chat.next');
    const [one, other] = await Promise.all([begin(service, 1), begin(service, 1)]);
    await stop(service, one.id);
    expect((await one.rest()).at(-1)).toContain('"finishReason":"stopped"');
    expect(service.calls.of('chat.open')[0]!.signal.aborted).toBe(false);
    held.release();
    expect((await other.rest()).at(-1)).toContain('"finishReason":"stop"');
    expect(service.calls.of('chat.open')).toHaveLength(1);
    expect(service.calls.of('answers.put')).toHaveLength(1);
  });

  it('is stopped once all who share it have stopped it', async () => {
    const service = withGuide();
    service.calls.hold('chat.next');
    const asked = await Promise.all([begin(service, 1), begin(service, 1)]);
    const reading = asked.map(({ rest }) => rest());
    await service.calls.made('chat.next');
    for (const { id } of asked) await stop(service, id);
    expect(service.calls.of('chat.open')[0]!.signal.aborted).toBe(true);
    for (const frames of await Promise.all(reading))
      expect(frames.at(-1)).toContain('"finishReason":"stopped"');
    const used = service.telemetry.reports.filter(({ usage }) => usage.promptTokens > 0);
    expect(used).toHaveLength(1);
  });

  it('that is over stays as it is', async () => {
    const service = withGuide();
    const { id, frames } = await askWhole(service);
    expect((await stop(service, id)).status).toBe(202);
    expect(framesOf(await textOf(await events(service, id, 0)))).toEqual(frames);
  });
});

describe('an answer of somebody else', () => {
  /** Another caller of the same service. */
  function as(service: Service, tenant: string, limitedTo?: readonly string[]) {
    const caller = {
      tenant,
      scopeOf: (collection: string) => `${tenant}/${collection}` as const,
      permit: async () => {},
      admit: async () => ({ settle: async () => {} }),
      collections: async () => limitedTo,
    };
    const identify: Identify = () => ({ caller, headers: () => ({}) });
    return { api: createApi({ ...service.dependencies, identify }) };
  }

  it.each([
    ['of another tenant', 'other', undefined],
    ['in a collection that the key is not for', 'default', ['hr']],
  ])('is not there: %s', async (_, tenant, limitedTo) => {
    const service = withGuide();
    const { id, rest } = await begin(service, 2);
    const other = as(service, tenant, limitedTo);
    for (const response of [await stop(other, id), await events(other, id, 0)])
      expect([response.status, errorOf(response)['code']]).toEqual([404, 'not_found']);
    expect((await rest()).at(-1)).toContain('"finishReason":"stop"');
  });

  it('is there for a key that is limited to its collection', async () => {
    const service = withGuide();
    const { id } = await askWhole(service);
    expect((await events(as(service, 'default', ['main']), id, 0)).status).toBe(200);
  });

  it.each(['f00d', '../../x', 'F'.repeat(32), 'f'.repeat(33), '%E2%82%AC'])(
    'named %s is not there',
    async (id) => {
      const service = withGuide();
      expect((await stop(service, id)).status).toBe(404);
      expect(service.calls.of('log.find')).toEqual([]);
    },
  );

  it('that nobody has asked for is not there', async () => {
    const response = await stop(withGuide(), 'f'.repeat(32));
    expect([response.status, errorOf(response)['code']]).toEqual([404, 'not_found']);
  });
});

describe('the log', () => {
  it('that is dead costs an answer nothing', async () => {
    const service = withGuide();
    for (const name of ['log.open', 'log.append', 'log.beat', 'log.stopsOf'])
      service.calls.before(name, () => Promise.reject(new RagError('storage_unavailable', 'Away.')));
    const { frames } = await askWhole(service);
    expect(frames.at(-1)).toContain('event: done');
    expect(service.failures).toMatchObject([
      { code: 'storage_unavailable' },
      { code: 'storage_unavailable' },
    ]);
  });

  it('that hangs holds back no event', async () => {
    const service = withGuide();
    for (const name of ['log.open', 'log.append', 'log.beat', 'log.stopsOf']) service.calls.hold(name);
    const response = await post(service.api, '/ask', { question: 'which door?', stream: true });
    expect(await textOf(response)).toContain('event: done');
  });

  it('has nothing of an answer in JSON, nor of one that failed at once', async () => {
    const service = withGuide();
    await post(service.api, '/ask', { question: 'which door?' });
    service.calls.before('embed', () => Promise.reject(new RagError('model_unavailable', 'No model.')));
    const question = { question: 'which other door?', stream: true };
    expect((await post(service.api, '/ask', question)).status).toBe(502);
    expect(service.log.entries.size).toBe(0);
  });

  it('says of an answer whose stream ended before it that it was broken off', async () => {
    const service = withGuide();
    const response = await post(service.api, '/ask', { question: 'which door?', stream: true });
    const parts = (response.body as AsyncIterable<string>)[Symbol.asyncIterator]();
    const first = (await parts.next()).value as string;
    await parts.return!();
    await response.afterResponse!();
    const id = /"id":"([0-9a-f]{32})"/.exec(first)![1]!;
    const frames = framesOf(await textOf(await events(service, id, 1)));
    expect(frames).toHaveLength(1);
    expect(frames[0]).toMatch(/^id: 2\nevent: error\ndata: {"error":{"code":"answer_cut"/);
  });
});
