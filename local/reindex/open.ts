import { join } from 'node:path';
import { createReindexApp } from '../../lib/app.ts';
import { parseIngestConfig } from '../../lib/config.ts';
import { RagError } from '../../lib/rag/errors.ts';
import type { Embedding } from '../../lib/rag/ports/vectors.ts';
import { startEmulators } from '../emulators/start.ts';
import {
  assertModelIsComplete,
  hasOwnModel,
  setEnvironment,
  toCloudEnvironment,
  type Variables,
} from '../settings.ts';

/** The move to another model over the table of `npm start`, or over one elsewhere. */
export interface Reindexing extends ReturnType<typeof createReindexApp> {
  /** The embedding that is moved to. */
  embedding: Embedding;
  close(): Promise<void>;
}

/**
 * Starts what of the laptop cloud a move needs, the database and, unless one's own is set, the model, and sets the
 * process's environment. Throws RagError `configuration`, and an Error where the data is in use.
 */
export async function openReindexing(given: Variables, dataDirectory: string): Promise<Reindexing> {
  // Nobody answers here.
  assertModelIsComplete({ CHAT_MODEL: 'none', ...given });
  const emulators = await startEmulators({
    ...(given['AWS_ENDPOINT_URL_DYNAMODB'] === undefined && {
      dynamoDb: { directory: join(dataDirectory, 'dynamodb') },
    }),
    models: !hasOwnModel(given),
  });
  try {
    const environment = toCloudEnvironment(given, emulators.endpoints);
    setEnvironment(environment);
    // No event is sent from here, but the configuration wants to know the queue.
    const variables = { ...environment, INGEST_QUEUE_URL: environment.AWS_ENDPOINT_URL_DYNAMODB };
    const config = parseIngestConfig(variables);
    const { reindex, dropPrevious } = createReindexApp(config);
    return {
      embedding: { model: config.EMBEDDING_MODEL, dimensions: config.EMBEDDING_DIMENSIONS },
      reindex: (options) => withTable(config.KNOWLEDGE_TABLE, () => reindex(options)),
      dropPrevious: (options) => withTable(config.KNOWLEDGE_TABLE, () => dropPrevious(options)),
      close: () => emulators.close(),
    };
  } catch (error) {
    await emulators.close();
    throw error;
  }
}

/** Says which table it is that is not there. */
async function withTable<T>(table: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof RagError) || error.code !== 'configuration') throw error;
    const message = `The table ${table} is not there, or may not be used. Is DATA_DIR or KNOWLEDGE_TABLE right?`;
    throw new RagError('configuration', message, { cause: error });
  }
}
