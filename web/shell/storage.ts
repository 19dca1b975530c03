/** What the page needs of a browser's storage. */
export type KeptValues = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** The browser's storage of a kind. Where it is forbidden, values are kept as long as the page is open. */
export function openStorage(kind: 'localStorage' | 'sessionStorage'): KeptValues {
  try {
    return globalThis[kind];
  } catch {
    return inMemory();
  }
}

/** The same for values that must not fail: what a full storage does not take is kept as long as the page is open. */
export function withoutFailure(storage: KeptValues): KeptValues {
  const untaken = inMemory();
  return {
    getItem: (name) => untaken.getItem(name) ?? storage.getItem(name),
    setItem: (name, value) => {
      try {
        storage.setItem(name, value);
        untaken.removeItem(name);
      } catch {
        untaken.setItem(name, value);
      }
    },
    removeItem: (name) => {
      untaken.removeItem(name);
      storage.removeItem(name);
    },
  };
}

function inMemory(): KeptValues {
  const values = new Map<string, string>();
  return {
    getItem: (name) => values.get(name) ?? null,
    setItem: (name, value) => void values.set(name, value),
    removeItem: (name) => void values.delete(name),
  };
}
