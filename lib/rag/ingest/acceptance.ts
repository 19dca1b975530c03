import { metadataSuffix } from './metadata.ts';

/** Bytes of the largest document. */
export const maxDocumentBytes = 100 * 1024 * 1024;

/**
 * What keeps a text from being a document's id, as in "it …"; undefined if nothing does. An id is a name, or several as a
 * path (`guides/start.md`), in Unicode's composed form. It becomes part of an object's key, so segments that S3 clients or
 * URLs treat in a way of their own are refused, and so are the endings that are routes or a metadata file's.
 */
export function problemOfId(id: string): string | undefined {
  return rules.find(([isBroken]) => isBroken(id))?.[1];
}

const rules: readonly (readonly [isBroken: (id: string) => boolean, problem: string])[] = [
  [(id) => id.length > 300, 'must be at most 300 characters'],
  [(id) => Buffer.byteLength(id) > 900, 'must be at most 900 bytes'],
  [(id) => /[\p{Cc}\p{Cs}\\#?%*]/u.test(id), 'must not hold control characters or any of \\ # ? % *'],
  [
    (id) => id.split('/').some((name) => name.trim() === '' || name === '.' || name === '..'),
    'must be names joined by single slashes, none of them . or ..',
  ],
  [
    (id) => /\/(?:upload|retry|chunks\/\d+)$/.test(id),
    'must not end in /upload, /retry or /chunks/ and a number',
  ],
  [(id) => id.endsWith(metadataSuffix), `must not end in ${metadataSuffix}`],
];
