import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A key as its owner shows it: `rgl_<tenant>_<id>_<secret>`. The tenant stands in it so that work for it can start at once. */
const form = /^rgl_(?<tenant>[a-z0-9-]{1,32})_(?<id>[0-9a-f]{16})_(?<secret>[0-9a-f]{64})$/;

/** What somebody says of themselves, before anybody has checked it. */
export interface Credentials {
  tenant: string;
  /** Of the key, which is no secret. */
  id: string;
  /** 256 bits. */
  secret: string;
}

/** Undefined for a text that can be no key. */
export function readKeyText(text: string): Credentials | undefined {
  const { tenant, id, secret } = form.exec(text)?.groups ?? {};
  if (tenant === undefined || id === undefined || secret === undefined) return undefined;
  return { tenant, id, secret };
}

/** A new key of a tenant: what its owner gets, which is nowhere else, and what is stored of it. */
export function createKeyText(tenant: string): { text: string; id: string; secretHash: string } {
  const id = randomBytes(8).toString('hex');
  const secret = randomBytes(32).toString('hex');
  const text = `rgl_${tenant}_${id}_${secret}`;
  if (!form.test(text)) throw new RangeError('A tenant is 1 to 32 lower-case letters, digits and hyphens.');
  return { text, id, secretHash: digest(secret).toString('base64url') };
}

/** Whether the hash is the secret's, in the same time wherever they differ. */
export function isSecretOf(secretHash: string, secret: string): boolean {
  const stored = Buffer.from(secretHash, 'base64url');
  const given = digest(secret);
  return stored.length === given.length && timingSafeEqual(stored, given);
}

// A secret of 256 random bits cannot be guessed from its hash, so nothing slower is needed.
function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
