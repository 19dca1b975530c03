import { vi } from 'vitest';
import type { Call } from '../wire/call-log.ts';
import { says } from '../wire/model-script.ts';
import type { Scene } from './scene.ts';

/** So many texts come before the model waits; more than a hundred, so that one more or less is less than one in a hundred. */
const told = 120;

/** An answer that the model goes on with when it is told to. */
export interface HeldAnswer {
  /** Texts that come before the model waits. */
  told: number;
  /** All of it. */
  text: string;
  /** What the model says it used for all of it. */
  tokens: number;
  /** The model's call, once there is one. */
  call(): Promise<Call>;
  goOn(): void;
}

/** Has the model answer the next question so, and those after it as it does by itself. */
export function holdAnswer(scene: Scene): HeldAnswer {
  const texts = [
    'The Raglan lighthouse [1]',
    ...Array.from({ length: told + 40 }, (_, n) => ` word${n % 10}`),
  ];
  const going = Promise.withResolvers<void>();
  const { calls } = scene;
  const before = calls.of('chat').length;
  scene.script(() => {
    scene.script(undefined);
    return { ...says(...texts), turn: async (index) => (index < told ? undefined : going.promise) };
  });
  return {
    ...{ told, text: texts.join(''), tokens: 1_000 + texts.length, goOn: going.resolve },
    call: async () => {
      await calls.until(() => calls.of('chat').length > before);
      return calls.of('chat')[before]!;
    },
  };
}

/** What became of a call, as soon as it is over. */
export async function outcomeOf(scene: Scene, call: Call): Promise<Call['outcome']> {
  await scene.calls.until(() => call.outcome !== 'open');
  return call.outcome;
}

/** What is booked to a key when nothing of it is open any more. */
export function settled(scene: Scene, key: string): Promise<number> {
  return vi.waitFor(
    async () => {
      const { used, open } = await scene.booked(key);
      if (used === 0 || open > 0) throw new Error('It is not settled yet.');
      return used;
    },
    { timeout: 20_000, interval: 20 },
  );
}
