import { describe, expect, it } from 'vitest';
import { createSlots } from '../../../lib/parse/slots.ts';

const never = new AbortController().signal;

describe('createSlots', () => {
  it('gives slots in order of arrival, each once', async () => {
    const slots = createSlots({ atOnce: 1, waiting: 5 });
    const order: string[] = [];
    const take = async (name: string): Promise<() => void> => {
      const give = await slots.take(never);
      order.push(name);
      return give;
    };
    const [first, second, third] = [take('first'), take('second'), take('third')];
    const giveFirst = await first;
    expect(order).toEqual(['first']);
    giveFirst();
    giveFirst();
    const giveSecond = await second;
    expect(order).toEqual(['first', 'second']);
    giveSecond();
    (await third)();
    expect(order).toEqual(['first', 'second', 'third']);
  });

  it('lets go who aborts while waiting, without losing the slot', async () => {
    const slots = createSlots({ atOnce: 1, waiting: 5 });
    const give = await slots.take(never);
    const caller = new AbortController();
    const waiting = slots.take(caller.signal);
    caller.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    give();
    await expect(slots.take(never)).resolves.toBeTypeOf('function');
  });

  it('refuses when too many wait', async () => {
    const slots = createSlots({ atOnce: 1, waiting: 1 });
    const give = await slots.take(never);
    const waiting = slots.take(never);
    await expect(slots.take(never)).rejects.toMatchObject({ code: 'deadline', retryable: true });
    give();
    (await waiting)();
  });
});
