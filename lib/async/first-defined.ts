/**
 * The first value that is not undefined. A failure counts only when no other promise brings a value: then the first
 * failure is thrown. Undefined if all of them end without a value.
 */
export function firstDefined<T>(promises: readonly Promise<T | undefined>[]): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    let open = promises.length;
    let failure: { error: unknown } | undefined;
    const ended = () => {
      open -= 1;
      if (open > 0) return;
      if (failure) reject(failure.error);
      else resolve(undefined);
    };
    for (const promise of promises) {
      promise.then(
        (value) => {
          if (value !== undefined) resolve(value);
          ended();
        },
        (error: unknown) => {
          failure ??= { error };
          ended();
        },
      );
    }
  });
}
