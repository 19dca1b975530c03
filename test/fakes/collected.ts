import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Whether nothing holds it any more that is not garbage itself. Weak references hold until the turn ends that looked at them. */
export async function isCollected(held: WeakRef<object>): Promise<boolean> {
  await turn();
  collectGarbage();
  return held.deref() === undefined;
}
