/** What the page needs of a browser's storage. */
export type KeptValues = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The browser's storage of a kind. Where it is forbidden, values are kept as long as the page is open. */
export function openStorage(kind: 'localStorage' | 'sessionStorage'): KeptValues {
  try {
    return window[kind];
  } catch {
    return inMemory();
  }
}

function inMemory(): KeptValues {
  const values = new Map<string, string>();
  return {
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => void values.set(name, value),
    removeItem: (name) => void values.delete(name),
  };
}
