import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { bundles, repositoryRoot, type Bundle } from './bundles.ts';
import { heaviest, kilobytes } from './weights.ts';

/** What one bundle weighs, in bytes, and what went into it. */
export interface BuiltBundle extends Bundle {
  bytes: number;
  gzipBytes: number;
  /** What it is made of, and what it imports from outside. */
  contents: Metafile['outputs'][string];
}

const options = {
  absWorkingDir: repositoryRoot,
  entryPoints: bundles.map(({ output, entry }) => ({ in: entry, out: output.replace(/\.mjs$/, '') })),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // The SDK's and others' ES modules: their CommonJS builds cannot be shaken.
  mainFields: ['module', 'main'],
  minify: true,
  treeShaking: true,
  legalComments: 'none',
  sourcemap: 'external',
  metafile: true,
  write: false,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/**
 * Builds every bundle into `directory` (emptied first). The same sources give the same bytes, so that an unchanged
 * function is not deployed again; source maps go to `maps/`, beside the functions' folders, for the same reason and
 * because Lambda need not load them.
 */
export async function buildBundles(directory: string): Promise<BuiltBundle[]> {
  const outdir = resolve(directory);
  const { outputFiles, metafile } = await build({ ...options, outdir });
  await rm(outdir, { recursive: true, force: true });
  for (const { path, contents } of outputFiles) {
    const isMap = path.endsWith('.map');
    await write(isMap ? join(outdir, 'maps', relative(outdir, path)) : path, contents);
  }
  return await Promise.all(
    bundles.map(async (bundle) => {
      const path = join(outdir, bundle.output);
      const file = outputFiles.find((one) => one.path === path);
      const contents = metafile.outputs[relative(repositoryRoot, path)];
      if (!file || !contents) throw new Error(`esbuild did not make ${bundle.output}.`);
      const zipped = await promisify(gzip)(file.contents, { level: 9 });
      return { ...bundle, bytes: file.contents.byteLength, gzipBytes: zipped.byteLength, contents };
    }),
  );
}

/** One line for every bundle that weighs more than it may; empty if none does. */
export function overweight(built: readonly BuiltBundle[]): string[] {
  return built
    .filter(({ bytes, ceilingKb }) => bytes > ceilingKb * 1000)
    .map(
      ({ output, bytes, ceilingKb, contents }) =>
        `${output} weighs ${kilobytes(bytes)} kB, more than its ceiling of ${ceilingKb} kB. Its heaviest parts: ` +
        `${heaviest(contents).join(', ')}. Remove what is not needed there, or raise ceilingKb in infra/bundles.ts ` +
        'and say in the commit what the weight buys: every cold start loads it.',
    );
}

async function write(path: string, contents: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

function table(built: readonly BuiltBundle[]): string {
  const rows = built.map(({ output, bytes, gzipBytes, ceilingKb }) => [
    output,
    kilobytes(bytes),
    kilobytes(gzipBytes),
    String(ceilingKb),
  ]);
  const header = ['bundle', 'kB', 'kB gzip', 'ceiling kB'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ');
  return [header, ...rows].map(line).join('\n');
}

if (import.meta.main) {
  const built = await buildBundles(join(repositoryRoot, 'dist'));
  console.log(table(built));
  const complaints = overweight(built);
  for (const complaint of complaints) console.error(`\n${complaint}`);
  if (complaints.length > 0) process.exitCode = 1;
}
