import { RagError } from '../../rag/errors.ts';

/** What a model's name stands for here: where to search, and what the answer looks like. */
export interface OpenAiModel {
  collection: string;
  /** Whether the text ends with a list of its sources, for clients that show nothing but the text. */
  listsSources: boolean;
}

const name = /^raglan(?:\/(?<collection>[a-z0-9][a-z0-9-]{0,62}))?(?<list>\+sources)?$/;

/** Collection of the model that is named without one. */
const mainCollection = 'main';

/** The model of a name: `raglan`, `raglan/<collection>`, either with `+sources`. Throws RagError `not_found`. */
export function parseModel(id: string): OpenAiModel {
  const groups = name.exec(id)?.groups;
  if (!groups) {
    const message = `There is no model '${id.slice(0, 100)}'. Ask for 'raglan', or 'raglan/<collection>'.`;
    throw new RagError('not_found', message, { details: { param: 'model', reason: 'model_not_found' } });
  }
  return { collection: groups['collection'] ?? mainCollection, listsSources: groups['list'] !== undefined };
}

/** The names of the models of a collection. */
export function modelIds(collection: string): string[] {
  const id = collection === mainCollection ? 'raglan' : `raglan/${collection}`;
  return [id, `${id}+sources`];
}

/** A model as clients list it. When it was made means nothing here, but they expect a time. */
export function toModelObject(id: string): Record<string, unknown> {
  return { id, object: 'model', created: 0, owned_by: 'raglan' };
}
