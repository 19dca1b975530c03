import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAccess, type AccessDependencies } from '../../../../lib/rag/access/access.ts';
import { createKey, type KeyWish } from '../../../../lib/rag/access/create-key.ts';
import { readKeyText, type Credentials } from '../../../../lib/rag/access/key-text.ts';
import { RagError } from '../../../../lib/rag/errors.ts';
import { createFakeBudgets, createFakeKeys, createFakeLimits } from '../../../fakes/access.ts';
import { createCalls } from '../../../fakes/calls.ts';

const options = { signal: new AbortController().signal };
const main = { scope: 'ask', collection: 'main' } as const;

function createScene() {
  const calls = createCalls();
  const failures: unknown[] = [];
  const ports = {
    ...{ keys: createFakeKeys(calls), limits: createFakeLimits(calls), budgets: createFakeBudgets(calls) },
    telemetry: { failed: (_: string, error: unknown) => failures.push(error) },
  } satisfies AccessDependencies;
  const access = createAccess(ports);
  const make = async (wish: Partial<KeyWish> = {}) => {
    const whole: KeyWish = { tenant: 'acme', name: 'test', scopes: ['ask'], ...wish };
    const { text } = await createKey(ports.keys, whole, options);
    return readKeyText(text) as Credentials;
  };
  return { ...ports, calls, failures, access, make };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'fine',
    (error: unknown) => (error instanceof RagError ? error.code : String(error)),
  );

let scene: ReturnType<typeof createScene>;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: Date.UTC(2026, 10, 22) });
  scene = createScene();
});
afterEach(() => void vi.useRealTimers());

describe('a key', () => {
  it('is valid with its secret and its tenant only', async () => {
    const { access, make } = scene;
    const good = await make();
    const other = await make({ tenant: 'beta' });
    const may = (credentials: Credentials) => codeOf(access.of(credentials).permit(main, options));
    expect(await may(good)).toBe('fine');
    expect(await may({ ...good, secret: other.secret })).toBe('unauthorized');
    expect(await may({ ...good, secret: good.secret.toUpperCase() })).toBe('unauthorized');
    expect(await may({ ...good, tenant: 'beta' })).toBe('unauthorized');
    expect(await may({ ...good, id: '0000000000000000' })).toBe('unauthorized');
    expect(await codeOf(access.onBehalf({ tenant: 'acme', id: good.id }).permit(main, options))).toBe('fine');
    expect(await codeOf(access.onBehalf({ tenant: 'beta', id: good.id }).permit(main, options))).toBe(
      'unauthorized',
    );
  });

  it('may do what it is for, where it is for', async () => {
    const { access, make } = scene;
    const key = access.of(await make({ scopes: ['ask', 'write'], collections: ['hr'] }));
    expect(await codeOf(key.permit({ scope: 'ask', collection: 'hr' }, options))).toBe('fine');
    expect(await codeOf(key.permit({ scope: 'write', collection: 'hr' }, options))).toBe('fine');
    expect(await codeOf(key.permit({ scope: 'admin', collection: 'hr' }, options))).toBe('forbidden');
    expect(await codeOf(key.permit(main, options))).toBe('forbidden');
    expect(await codeOf(key.admit({ collection: 'main', tokens: 1 }, options))).toBe('forbidden');
    expect(await key.collections(options)).toEqual(['hr']);
  });

  it('is read once for all who show it at the same time, and not again for most of a minute', async () => {
    const { access, calls, make } = scene;
    const key = await make();
    const show = () => codeOf(access.of(key).permit(main, options));
    await Promise.all(Array.from({ length: 100 }, show));
    vi.advanceTimersByTime(54_999);
    await show();
    expect(calls.of('keys.get')).toHaveLength(1);
    vi.advanceTimersByTime(1);
    await show();
    expect(calls.of('keys.get')).toHaveLength(2);
  });

  it('dies within a minute of its end, counted from before it was read', async () => {
    const { access, calls, keys, make } = scene;
    const key = await make();
    const show = () => codeOf(access.of(key).permit(main, options));
    const slow = calls.hold('keys.get');
    const first = show();
    await calls.made('keys.get');
    vi.advanceTimersByTime(1_500);
    slow.release();
    expect(await first).toBe('fine');
    calls.before('keys.get', undefined);
    await keys.revoke(key.id, new Date().toISOString(), options);
    vi.advanceTimersByTime(53_499);
    expect(await show()).toBe('fine');
    vi.advanceTimersByTime(1);
    expect(await show()).toBe('unauthorized');
  });

  it('that is not there is asked for again after five seconds', async () => {
    const { access, calls, keys, make } = scene;
    const key = await make();
    const entry = keys.entries.get(key.id)!;
    keys.entries.clear();
    const show = () => codeOf(access.of(key).permit(main, options));
    expect([await show(), await show()]).toEqual(['unauthorized', 'unauthorized']);
    expect(calls.of('keys.get')).toHaveLength(1);
    keys.entries.set(key.id, entry);
    vi.advanceTimersByTime(5_000);
    expect(await show()).toBe('fine');
  });

  it('is kept for at most five thousand ids, however many are tried', async () => {
    const { access, calls, make } = scene;
    const key = await make();
    await access.of(key).permit(main, options);
    for (let n = 0; n < 5_000; n += 1) {
      const id = n.toString(16).padStart(16, '0');
      await codeOf(access.of({ ...key, id }).permit(main, options));
    }
    const before = calls.of('keys.get').length;
    await access.of(key).permit(main, options);
    expect(calls.of('keys.get')).toHaveLength(before + 1);
  });

  it('that cannot be read lets nobody in, and is read anew by the next', async () => {
    const { access, calls, make } = scene;
    const key = await make();
    const show = () => codeOf(access.of(key).permit(main, options));
    calls.before('keys.get', () => {
      throw new Error('socket hang up');
    });
    expect(await show()).toBe('storage_unavailable');
    const held = calls.hold('keys.get');
    const late = show();
    await calls.made('keys.get', 2);
    vi.advanceTimersByTime(2_000);
    expect(await late).toBe('storage_unavailable');
    held.release();
    calls.before('keys.get', undefined);
    expect(await show()).toBe('fine');
  });
});

describe('a limit', () => {
  const limits = { perMinute: 60, burst: 2 };

  it('refuses with when to come back, and says how it stands', async () => {
    const { access, make } = scene;
    const key = access.of(await make({ limits }));
    expect(key.limit()).toBeUndefined();
    await key.permit(main, options);
    await key.admit({ collection: 'main', tokens: 1 }, options);
    expect(key.limit()).toMatchObject({ limit: 2, remaining: 0 });
    const refused = await key.permit(main, options).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'rate_limited', retryAfterMs: 1_000, details: { limit: 2 } });
    vi.advanceTimersByTime(1_000);
    expect(await codeOf(key.permit(main, options))).toBe('fine');
  });

  it('counts nobody who has no right to be counted, and reserves for nobody who is refused', async () => {
    const { access, budgets, calls, make } = scene;
    const good = await make({ limits, monthlyTokens: 100 });
    await codeOf(access.of({ ...good, secret: '0' }).permit(main, options));
    await codeOf(access.of(good).permit({ ...main, scope: 'write' }, options));
    expect(calls.of('limits.take')).toEqual([]);
    const key = access.of(good);
    for (let n = 0; n < 3; n += 1) await codeOf(key.admit({ collection: 'main', tokens: 10 }, options));
    expect(Array.from(budgets.taken.values())).toEqual([20]);
  });

  it('that fails or takes too long holds up nobody', async () => {
    const { access, calls, failures, make } = scene;
    const key = access.of(await make({ limits }));
    calls.before('limits.take', () => {
      throw new Error('down');
    });
    expect(await codeOf(key.permit(main, options))).toBe('fine');
    calls.hold('limits.take');
    const slow = codeOf(key.permit(main, options));
    await calls.made('limits.take', 2);
    vi.advanceTimersByTime(500);
    expect(await slow).toBe('fine');
    expect(failures).toHaveLength(2);
  });

  it('that takes long is waited for by a job', async () => {
    const { access, calls, failures, make } = scene;
    const { tenant, id } = await make({ limits });
    const held = calls.hold('limits.take');
    const slow = codeOf(access.onBehalf({ tenant, id }).permit(main, options));
    await calls.made('limits.take', 1);
    vi.advanceTimersByTime(4_900);
    held.release();
    expect(await slow).toBe('fine');
    expect(failures).toEqual([]);
  });
});

describe('a budget', () => {
  const question = { collection: 'main', tokens: 60 };

  it('is reserved, settled once, and refused when it is used up, until the month is over', async () => {
    const { access, budgets, make } = scene;
    const key = access.of(await make({ monthlyTokens: 100 }));
    const admission = await key.admit(question, options);
    const refused = await key.admit(question, options).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'budget_exhausted', retryAfterMs: 9 * 24 * 60 * 60 * 1_000 });
    await admission.settle({ promptTokens: 20, completionTokens: 5 }, options);
    await admission.settle({ promptTokens: 0, completionTokens: 0 }, options);
    expect(Array.from(budgets.taken.values())).toEqual([25]);
    expect(await codeOf(key.admit(question, options))).toBe('fine');
    expect(await codeOf(key.admit(question, options))).toBe('budget_exhausted');
    vi.setSystemTime(Date.UTC(2026, 11, 1));
    expect(await codeOf(key.admit(question, options))).toBe('fine');
    expect(Array.from(budgets.taken.keys(), (name) => name.split(' ')[1])).toEqual(['2026-11', '2026-12']);
  });

  it('is settled in the month that it was reserved in', async () => {
    const { access, budgets, make } = scene;
    vi.setSystemTime(Date.UTC(2026, 10, 30, 23, 59, 59, 999));
    const admission = await access.of(await make({ monthlyTokens: 100 })).admit(question, options);
    vi.setSystemTime(Date.UTC(2026, 11, 1));
    await admission.settle({ promptTokens: 1, completionTokens: 1 }, options);
    expect(Array.from(budgets.taken.values())).toEqual([2]);
  });

  it('that cannot be read lets nobody spend, and none costs nothing', async () => {
    const { access, calls, make } = scene;
    calls.before('budgets.reserve', () => {
      throw new Error('down');
    });
    const limited = access.of(await make({ monthlyTokens: 100 }));
    expect(await codeOf(limited.admit(question, options))).toBe('storage_unavailable');
    const before = calls.all.length;
    const free = await access.of(await make()).admit(question, options);
    await free.settle({ promptTokens: 9, completionTokens: 9 }, options);
    expect(calls.all.slice(before).filter(({ name }) => name.startsWith('budgets.'))).toEqual([]);
  });

  it('whose reservation nobody answered for in time has it back, and one whose caller left', async () => {
    const { access, budgets, calls, make } = scene;
    const key = access.of(await make({ monthlyTokens: 100 }));
    const reserve: typeof budgets.reserve = budgets.reserve.bind(budgets);
    const left = new AbortController();
    const reason = new Error('left');
    for (const [signal, end, outcome] of [
      [options.signal, () => vi.advanceTimersByTime(2_000), 'storage_unavailable'],
      [left.signal, () => left.abort(reason), String(reason)],
    ] as const) {
      const reserved = Promise.withResolvers<void>();
      budgets.reserve = async (...call) => {
        await reserve(...call);
        reserved.resolve();
        return new Promise(() => {});
      };
      const admitted = codeOf(key.admit(question, { signal }));
      await reserved.promise;
      expect(Array.from(budgets.taken.values())).toEqual([60]);
      end();
      expect(await admitted).toBe(outcome);
      expect(Array.from(budgets.taken.values())).toEqual([0]);
    }
    budgets.reserve = reserve;
    expect(calls.open()).toEqual([]);
  });

  it('has back what a process that died had reserved, after twenty minutes', async () => {
    const { access, make } = scene;
    const key = access.of(await make({ monthlyTokens: 100 }));
    await key.admit(question, options);
    vi.advanceTimersByTime(20 * 60_000 - 1);
    expect(await codeOf(key.admit(question, options))).toBe('budget_exhausted');
    vi.advanceTimersByTime(1);
    expect(await codeOf(key.admit(question, options))).toBe('fine');
  });
});
