/** A text that is read from its front, piece by piece. */
export interface FrontReader {
  /** What a sticky pattern matches where the last piece ended, which it then takes away; null if it does not. */
  read: (pattern: RegExp) => RegExpExecArray | null;
  /** What nothing has taken away yet. */
  rest: () => string;
}

/** Starts at the front of a text. */
export function createFrontReader(text: string): FrontReader {
  let position = 0;
  return {
    read: (pattern) => {
      pattern.lastIndex = position;
      const found = pattern.exec(text);
      if (found) position = pattern.lastIndex;
      return found;
    },
    rest: () => text.slice(position),
  };
}
