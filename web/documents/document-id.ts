/** A file's path as a document's id. One spelling is one document, so it is composed, as the server does. */
export function idOf(path: string): string {
  return path.replace(/^\/+/, '').normalize('NFC');
}

/** What keeps a text from being a document's id, as a sentence; undefined if nothing does (docs/api.md, Documents). */
export function problemOfId(id: string): string | undefined {
  return rules.find(([isBroken]) => isBroken(id))?.[1];
}

/** Sorts ids as the API's list does, which is by the bytes of UTF-8 and so by code points. */
export function compareIds(a: string, b: string): number {
  let index = 0;
  while (index < a.length && a[index] === b[index]) index += 1;
  return (a.codePointAt(index) ?? -1) - (b.codePointAt(index) ?? -1);
}

/** An id a little before this one, so that a page that comes after it begins with this; undefined for the list's start. */
export function idBefore(id: string): string | undefined {
  const characters = Array.from(id);
  do characters.pop();
  while (characters.length > 0 && problemOfId(characters.join('')) !== undefined);
  return characters.length === 0 ? undefined : characters.join('');
}

const rules: readonly (readonly [isBroken: (id: string) => boolean, problem: string])[] = [
  [(id) => id.length > 300, 'Its name and folders have more than 300 characters.'],
  [(id) => new TextEncoder().encode(id).length > 900, 'Its name and folders have more than 900 bytes.'],
  [
    (id) => /[\p{Cc}\p{Cs}\\#?%*]/u.test(id),
    'Its name holds one of \\ # ? % * or a character that cannot be seen. Rename it.',
  ],
  [
    (id) => id.split('/').some((name) => name.trim() === '' || name === '.' || name === '..'),
    'A part of its path has no name, or is called . or .. alone.',
  ],
  [
    (id) => /\/(?:upload|retry|chunks\/\d+)$/.test(id),
    'A document in a folder cannot be called upload or retry, nor end in chunks and a number. Rename it.',
  ],
  [
    (id) => id.endsWith('.metadata.json'),
    'It holds metadata of another file, which goes in by npm run ingest.',
  ],
];
