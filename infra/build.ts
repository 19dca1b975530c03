import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build, type Metafile } from 'esbuild';
import { bundles, repositoryRoot, type Bundle } from './bundles.ts';

/** What one bundle weighs, in bytes, and what went into it. */
export interface BuiltBundle extends Bundle {
  bytes: number;
  gzipBytes: number;
  metafile: Metafile;
}

/**
 * Some dependencies are CommonJS and `require` Node's own modules; an ES module has no `require` of its own.
 * The name is unlikely on purpose: bundled code may import `createRequire` too.
 */
const requireBanner =
  "import{createRequire as __raglanRequire}from'node:module';const require=__raglanRequire(import.meta.url);";

/**
 * Builds every bundle into `directory` (emptied first). The same sources give the same bytes, so that an unchanged
 * function is not deployed again; source maps go to `maps/`, beside the functions' folders, for the same reason and
 * because Lambda need not load them.
 */
export async function buildBundles(directory: string): Promise<BuiltBundle[]> {
  await rm(directory, { recursive: true, force: true });
  return await Promise.all(bundles.map(async (bundle) => await buildBundle(bundle, directory)));
}

/** One line for every bundle that weighs more than it may; empty if none does. */
export function overweight(built: readonly BuiltBundle[]): string[] {
  return built
    .filter(({ bytes, ceilingKb }) => bytes > ceilingKb * 1000)
    .map(
      ({ output, bytes, ceilingKb, metafile }) =>
        `${output} weighs ${kilobytes(bytes)} kB, more than its ceiling of ${ceilingKb} kB. Its heaviest parts: ` +
        `${heaviest(metafile).join(', ')}. Remove what is not needed there, or raise ceilingKb in infra/bundles.ts ` +
        'and say in the commit what the weight buys (every 100 kB delay a cold start).',
    );
}

async function buildBundle(bundle: Bundle, directory: string): Promise<BuiltBundle> {
  const outfile = join(resolve(directory), bundle.output);
  const { outputFiles, metafile } = await build({
    absWorkingDir: repositoryRoot,
    entryPoints: [bundle.entry],
    outfile,
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
    banner: { js: requireBanner },
    write: false,
    logLevel: 'warning',
  });
  let bytes = 0;
  let gzipBytes = 0;
  for (const file of outputFiles) {
    const isMap = file.path.endsWith('.map');
    await write(isMap ? join(directory, 'maps', `${bundle.output}.map`) : outfile, file.contents);
    if (isMap) continue;
    bytes = file.contents.byteLength;
    gzipBytes = (await promisify(gzip)(file.contents, { level: 9 })).byteLength;
  }
  return { ...bundle, bytes, gzipBytes, metafile };
}

async function write(path: string, contents: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, contents);
}

/** The five packages (or files of our own) with the most bytes in the output, with their kB. */
function heaviest(metafile: Metafile): string[] {
  const weights = new Map<string, number>();
  for (const output of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(output.inputs)) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(path)?.[1] ?? path;
      weights.set(name, (weights.get(name) ?? 0) + bytesInOutput);
    }
  }
  return [...weights]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([name, bytes]) => `${name} ${kilobytes(bytes)}`);
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
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
