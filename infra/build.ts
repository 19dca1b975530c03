import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { buildPage, compressedSizes, type PageFile } from '../web/build.ts';
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

/** Writes the page's files below `directory`, which a build of the bundles has emptied. */
export async function writePage(directory: string, files: readonly PageFile[]): Promise<void> {
  await Promise.all(files.map(({ path, bytes }) => write(join(directory, path), bytes)));
}

async function write(path: string, contents: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

/** Rows below a header, the first column to the left and the others to the right. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
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

function describeBundles(built: readonly BuiltBundle[]): string {
  const rows = built.map(({ output, bytes, gzipBytes, ceilingKb }) => [
    output,
    kilobytes(bytes),
    kilobytes(gzipBytes),
    String(ceilingKb),
  ]);
  return table(['bundle', 'kB', 'kB gzip', 'ceiling kB'], rows);
}

async function describePage(files: readonly PageFile[]): Promise<string> {
  const sizes = await compressedSizes(files);
  const rows = files.map(({ path, bytes }) => [
    `page${path}`,
    kilobytes(bytes.byteLength),
    kilobytes(sizes.get(path) ?? 0),
  ]);
  return table(['file', 'kB', 'kB gzip'], rows);
}

if (import.meta.main) {
  const directory = join(repositoryRoot, 'dist');
  const built = await buildBundles(directory);
  console.log(describeBundles(built));
  const complaints = overweight(built);
  for (const complaint of complaints) console.error(`\n${complaint}`);
  if (complaints.length > 0) process.exitCode = 1;
  // Where the page is hosted elsewhere than the API, it has to be told.
  const page = await buildPage({ apiOrigin: process.env['PAGE_API_ORIGIN'] ?? '' });
  await writePage(join(directory, 'page'), page);
  console.log(`\n${await describePage(page)}`);
}
