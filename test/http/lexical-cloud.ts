import { startLaptopCloud, type Functions, type LaptopCloud } from '../../local/cloud.ts';
import type { StreamingHandler } from '../../local/lambda/invoke-streaming.ts';
import type { Variables } from '../../local/settings.ts';
import type { QueueHandler } from '../../local/lambda/invoke-for-batch.ts';
import { lexicalModel, lexicalVariables } from '../wire/lexical-model.ts';
import type { ModelScript } from '../wire/model-script.ts';
import { startModelWire } from '../wire/model-server.ts';

/** The laptop cloud with the lexical model, and the deployed functions at hand. */
export interface LexicalCloud {
  cloud: LaptopCloud;
  api: StreamingHandler;
  /** What went wrong behind the scenes. */
  failures: string[];
  close: () => Promise<void>;
}

/**
 * Starts it in memory. `watch` may stand around the ingest function to see its invocations, `script` in the model's place
 * to fail, `more` are further variables. One a process.
 */
export async function startLexicalCloud(
  watch: (ingest: QueueHandler) => QueueHandler = (ingest) => ingest,
  script: ModelScript = lexicalModel,
  more: Variables = {},
): Promise<LexicalCloud> {
  const model = await startModelWire(script);
  const failures: string[] = [];
  const loaded = Promise.withResolvers<Functions>();
  const cloud = await startLaptopCloud({
    port: 0,
    environment: {
      ...lexicalVariables(model.baseUrl),
      ...more,
    },
    loadFunctions: async () => {
      const [api, ingest, jobs] = await Promise.all([
        import('../../functions/api.ts'),
        import('../../functions/ingest.ts'),
        import('../../functions/jobs.ts'),
      ]);
      const functions = {
        api: api.handler as unknown as StreamingHandler,
        ingest: watch(ingest.handler),
        jobs: jobs.handler,
      };
      loaded.resolve(functions);
      return functions;
    },
    onFailure: (what, error) => failures.push(`${what}: ${String(error)}`),
  });
  const { api } = await loaded.promise;
  const close = async () => {
    // Long enough for what the last deletions set going.
    await cloud.close(5_000);
    await model.close();
  };
  return { cloud, api, failures, close };
}
