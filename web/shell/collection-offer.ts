/** Which collections the key is for, as the chooser has to know. */
export interface CollectionOffer {
  /** Asks for them, unless that is under way: a request that waits for a key is repeated with it. */
  renew(this: void): void;
  /** Whether it is being asked, so that nothing else need ask for a key beside it. */
  isUnderWay(this: void): boolean;
}

/** Creates it; `list` brings the collections. */
export function createCollectionOffer(parts: {
  list: () => Promise<readonly string[]>;
  onKnown: (collections: readonly string[]) => void;
  onProblem: (error: unknown) => void;
}): CollectionOffer {
  let isUnderWay = false;
  const renew = async () => {
    if (isUnderWay) return;
    isUnderWay = true;
    const collections = await parts.list().finally(() => {
      isUnderWay = false;
    });
    parts.onKnown(collections);
  };
  return { renew: () => void renew().catch(parts.onProblem), isUnderWay: () => isUnderWay };
}
