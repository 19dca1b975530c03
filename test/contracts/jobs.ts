import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job, JobResult, JobStore } from '../../lib/rag/ports/jobs.ts';
import { question } from '../fakes/world.ts';

/** What all stores of jobs do. */
export function jobStoreContract(name: string, create: () => Promise<JobStore>): void {
  describe(`jobs: ${name}`, () => {
    const options = { signal: new AbortController().signal };
    const key = { tenant: 'acme', id: 'a'.repeat(32) };
    const job: Job = {
      ...key,
      ...{ keyId: '0123456789abcdef', state: 'queued', questions: 2, collections: ['main', 'hr'] },
      webhook: { url: 'https://hooks.example/' },
      delivery: { state: 'pending', attempts: 0 },
      createdAt: '2026-11-22T10:00:00.000Z',
    };
    const questions = [
      question('How long?', { filter: { year: [2023, 2024] } }),
      question('Why?', { history: [{ role: 'user', content: 'So?' }], topK: 3, cache: 'off' }),
    ];
    let jobs: JobStore;
    beforeEach(async () => {
      vi.useFakeTimers({ toFake: ['Date'] });
      jobs = await create();
      await jobs.create(job, questions, options);
    });
    afterEach(() => void vi.useRealTimers());
    const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
    const claim = (holder: string) => jobs.claim(key, holder, 60_000, options);
    const renew = (holder: string) => jobs.renew(key, holder, 60_000, options);
    const failed = (index: number, code = 'no_text'): JobResult => ({
      index,
      error: { code, message: 'Why', retryable: false },
    });

    it('are as they were created, with their questions and without results', async () => {
      expect(await jobs.get(key, options)).toEqual(job);
      expect(await jobs.questions(key, options)).toEqual(questions);
      expect(await jobs.results(key, options)).toEqual([]);
    });

    it('are one tenant’s', async () => {
      const others = { ...key, tenant: 'other' };
      expect(await jobs.get(others, options)).toBeUndefined();
      expect(await jobs.questions(others, options)).toEqual([]);
      expect(await jobs.claim(others, 'a', 60_000, options)).toBeUndefined();
      expect(await jobs.get({ ...key, id: 'b'.repeat(32) }, options)).toBeUndefined();
    });

    it('keep a hundred questions and results in order, each as large as it may be', async () => {
      const big = { ...key, id: 'c'.repeat(32) };
      const many = Array.from({ length: 100 }, (_, n) => question(`${n} ${'x'.repeat(30_000)}`));
      await jobs.create({ ...job, ...big, questions: 100 }, many, options);
      const order = many.map((_, n) => (n * 37) % 100);
      const text = 'y'.repeat(30_000);
      for (const index of order) await jobs.addResult(big, { index, answer: { text } }, options);
      expect(await jobs.questions(big, options)).toEqual(many);
      const results = await jobs.results(big, options);
      expect(results).toEqual(many.map((_, index) => ({ index, answer: { text } })));
      expect(await jobs.results(key, options)).toEqual([]);
    });

    it('keep the first result of a question', async () => {
      const first = { index: 1, answer: { answer: 'Yes.', citations: [1], score: 0.1 + 0.2 } };
      await jobs.addResult(key, first, options);
      await jobs.addResult(key, failed(1), options);
      await jobs.addResult(key, failed(0), options);
      expect(await jobs.results(key, options)).toEqual([failed(0), first]);
    });

    it('are held by one at a time, until the lease runs out', async () => {
      expect(await claim('a')).toEqual(job);
      expect(await claim('b')).toBeUndefined();
      pass(59_999);
      expect(await claim('b')).toBeUndefined();
      pass(1);
      expect(await claim('b')).toEqual(job);
      expect(await claim('a')).toBeUndefined();
    });

    it('are taken on by their holder', async () => {
      await claim('a');
      pass(50_000);
      expect(await claim('a')).toEqual(job);
      pass(50_000);
      expect(await claim('b')).toBeUndefined();
    });

    it('go to exactly one of a hundred that come at once, the first time and when a lease has run out', async () => {
      for (const round of ['first', 'second']) {
        const holders = Array.from({ length: 100 }, (_, n) => `${round} ${n}`);
        const taken = await Promise.all(holders.map(claim));
        expect(taken.filter(Boolean)).toHaveLength(1);
        pass(60_000);
      }
    });

    it('are free once their holder releases them, and nobody else', async () => {
      await claim('a');
      await jobs.release(key, 'b', options);
      expect(await claim('b')).toBeUndefined();
      await jobs.release(key, 'a', options);
      expect(await claim('b')).toEqual(job);
    });

    it('stay with a holder who renews the lease, and nobody else can', async () => {
      await claim('a');
      pass(59_999);
      expect(await renew('b')).toBe(false);
      expect(await renew('a')).toBe(true);
      pass(59_999);
      expect(await claim('b')).toBeUndefined();
      pass(1);
      expect(await claim('b')).toEqual(job);
      expect(await renew('a')).toBe(false);
      expect(await jobs.get(key, options)).toEqual(job);
    });

    it('are not brought back by a renewal that comes after the release', async () => {
      expect(await renew('a')).toBe(false);
      await claim('a');
      await jobs.release(key, 'a', options);
      expect(await renew('a')).toBe(false);
      expect(await claim('b')).toEqual(job);
      expect(await jobs.renew({ ...key, id: 'b'.repeat(32) }, 'a', 60_000, options)).toBe(false);
      expect(await jobs.get({ ...key, id: 'b'.repeat(32) }, options)).toBeUndefined();
    });

    it('are changed by their holder alone', async () => {
      expect(await jobs.update(key, 'a', { state: 'running' }, options)).toBe(false);
      await claim('a');
      expect(await jobs.update(key, 'b', { state: 'running' }, options)).toBe(false);
      expect(await jobs.get(key, options)).toEqual(job);
      const change = {
        state: 'failed',
        reason: { code: 'interrupted', message: 'It was.' },
        delivery: { state: 'failed', attempts: 3, status: 500, reason: 'It said no.' },
        endedAt: '2026-11-22T10:05:00.000Z',
      } as const;
      expect(await jobs.update(key, 'a', change, options)).toBe(true);
      expect(await jobs.get(key, options)).toEqual({ ...job, ...change });
    });

    it('give up with the reason of a signal that has aborted', async () => {
      const reason = new Error('left');
      const gone = { signal: AbortSignal.abort(reason) };
      for (const call of [
        () => jobs.create({ ...job, id: 'd'.repeat(32) }, questions, gone),
        () => jobs.get(key, gone),
        () => jobs.questions(key, gone),
        () => jobs.results(key, gone),
        () => jobs.claim(key, 'a', 1, gone),
        () => jobs.renew(key, 'a', 1, gone),
        () => jobs.release(key, 'a', gone),
        () => jobs.addResult(key, failed(0), gone),
        () => jobs.update(key, 'a', { state: 'done' }, gone),
      ]) {
        await expect(call()).rejects.toBe(reason);
      }
      expect(await jobs.results(key, options)).toEqual([]);
    });
  });
}
