import type { ApiClient } from './client.ts';

/** The collections that the key can ask, by `GET /v1/models`. Throws ApiError. */
export async function listCollections(api: ApiClient): Promise<string[]> {
  const { data } = (await api.json('GET', '/v1/models')) as { data: readonly { id: string }[] };
  return collectionsOf(data.map(({ id }) => id));
}

/** A model is a collection: `raglan` is `main`, `raglan/hr` is `hr`. The same with a list of sources is left out. */
export function collectionsOf(models: readonly string[]): string[] {
  return models
    .filter((id) => !id.endsWith('+sources'))
    .map((id) => (id === 'raglan' ? 'main' : id.replace(/^raglan\//, '')));
}
