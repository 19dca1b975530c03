import type { ApiKey, KeyStore } from '../ports/access.ts';
import type { CallOptions } from '../ports/call.ts';
import { createKeyText } from './key-text.ts';

/** What a key is to be like. */
export type KeyWish = Omit<ApiKey, 'id' | 'createdAt' | 'revokedAt'>;

/** Makes a key and returns it as its owner shows it, which can never be read again. Throws RangeError for no tenant's name. */
export async function createKey(
  keys: Pick<KeyStore, 'create'>,
  wish: KeyWish,
  options: CallOptions,
): Promise<{ text: string; id: string }> {
  const { text, id, secretHash } = createKeyText(wish.tenant);
  await keys.create({ ...wish, id, createdAt: new Date().toISOString() }, secretHash, options);
  return { text, id };
}
