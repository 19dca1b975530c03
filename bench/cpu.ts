import { Agent } from 'node:http';
import { ask } from '../test/wire/ask-client.ts';
import { productEnvironment } from '../test/wire/product-environment.ts';
import { startProduct } from '../test/wire/start-product.ts';
import { startWire } from '../test/wire/start-wire.ts';
import { machine } from './figures.ts';

const atOnce = 8;
const tokens = 16;
const warmUps = 200;
const noDelays = { embedding: 0, cache: 0, documents: 0, search: 0, firstToken: 0 };

/**
 * Measures the CPU time of the function's process for a question that misses the cache: the whole flow with its
 * calls, logs and metrics, and the function-URL server in front of it. Writes a CPU profile to `profileFolder` if given.
 * A `tag` that every document has makes it a filtered question: the index cannot check tags, so a hundred hits of each
 * search are read and checked.
 */
export async function benchCpu(
  questions: number,
  { profileFolder, tag }: { profileFolder?: string | undefined; tag?: string | undefined } = {},
): Promise<void> {
  const filter = tag === undefined ? {} : { filter: { tags: [tag] } };
  const wire = await startWire({ delaysMs: noDelays, tokens, ...(tag !== undefined && { tags: [tag] }) });
  const nodeOptions = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const product = await startProduct(productEnvironment(wire), nodeOptions);
  const agent = new Agent({ keepAlive: true });
  let next = 0;
  const askAll = async (until: number) => {
    while (next < until) {
      next += 1;
      const question = `Who writes log number ${next}?`;
      const { done, body } = await ask(product.url, { question, ...filter }, agent);
      if (done?.finishReason !== 'stop') throw new Error(`No answer: ${body}`);
    }
  };
  const lanes = (until: number) => Promise.all(Array.from({ length: atOnce }, () => askAll(until)));
  try {
    await lanes(warmUps);
    await wire.spans();
    const beforeMs = await product.cpuMs();
    await lanes(warmUps + questions);
    const perQuestionMs = ((await product.cpuMs()) - beforeMs) / questions;
    const calls = (await wire.spans()).length / questions;
    process.stdout.write(
      `CPU of the function for a question, ${questions} questions, ${atOnce} at once, ${tokens} tokens each, ` +
        `no delays on the wire, ${machine()}.\n` +
        `User and system time of its process, the function-URL server in front of it included.\n\n` +
        `cpu perQuestionMs=${perQuestionMs.toFixed(2)} calls=${calls.toFixed(1)} filtered=${tag !== undefined}\n`,
    );
  } finally {
    agent.destroy();
    await product.close();
    await wire.close();
  }
}
