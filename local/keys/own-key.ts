import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createKey } from '../../lib/rag/access/create-key.ts';
import { isSecretOf, readKeyText } from '../../lib/rag/access/key-text.ts';
import type { KeyStore } from '../../lib/rag/ports/access.ts';
import type { CallOptions } from '../../lib/rag/ports/call.ts';
import { makeFolder } from '../make-folder.ts';

/** Where the key lies that `npm start` calls its own server with, for its user too. */
export function ownKeyFile(dataDirectory: string): string {
  return join(dataDirectory, 'key');
}

/** The key of the file, or a new one where there is none that is valid; it may do everything as the tenant `default`. */
export async function ensureOwnKey(
  keys: KeyStore,
  dataDirectory: string,
  options: CallOptions,
): Promise<string> {
  const file = ownKeyFile(dataDirectory);
  const found = await readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
  if (await isValid(keys, found, options)) return found;
  const wish = { tenant: 'default', name: 'npm start', scopes: ['ask', 'write', 'admin'] as const };
  const { text } = await createKey(keys, wish, options);
  await makeFolder(dataDirectory);
  await writeFile(file, `${text}\n`, { mode: 0o600 });
  return text;
}

async function isValid(keys: KeyStore, text: string, options: CallOptions): Promise<boolean> {
  const credentials = readKeyText(text);
  const stored = credentials && (await keys.get(credentials.id, options));
  if (!credentials || !stored || stored.key.revokedAt !== undefined) return false;
  return isSecretOf(stored.secretHash, credentials.secret);
}
