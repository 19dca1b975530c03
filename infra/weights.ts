import type { Metafile } from 'esbuild';

/** The five packages (or files of our own) with the most bytes in an output of esbuild's, with their kB. */
export function heaviest({ inputs }: Pick<Metafile['outputs'][string], 'inputs'>): string[] {
  const weights = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1] ?? path;
    weights.set(name, (weights.get(name) ?? 0) + bytesInOutput);
  }
  return [...weights]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([name, bytes]) => `${name} ${kilobytes(bytes)}`);
}

/** Bytes in kB of 1,000, with one decimal. */
export function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}
