import { readFile } from 'node:fs/promises';
import { extname, join, posix } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { build, type BuildOptions, type Metafile } from 'esbuild';
import { heaviest, kilobytes } from '../infra/weights.ts';

/** One file of the page, ready to be served. */
export interface PageFile {
  /** The URL's path, `/index.html` or `/assets/…`. */
  path: string;
  contentType: string;
  cacheControl: string;
  bytes: Uint8Array;
}

/** How the page is built. */
export interface PageBuild {
  /** Where the API is, if not where the page is. */
  apiOrigin?: string;
  /** What all files may weigh together, compressed with gzip, in kB of 1,000 bytes; 100 if left out. */
  ceilingKb?: number;
}

/** A name with a hash in it never means other bytes. */
const forever = 'public, max-age=31536000, immutable';

const contentTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

const options = {
  absWorkingDir: import.meta.dirname,
  outdir: '.',
  entryNames: 'assets/[name]-[hash]',
  bundle: true,
  platform: 'browser',
  format: 'esm',
  // Browsers of 2024 and later.
  target: ['chrome123', 'firefox125', 'safari17.5'],
  loader: { '.svg': 'copy' },
  minify: true,
  // Packages' licences want to travel with their code.
  legalComments: 'eof',
  metafile: true,
  write: false,
  logLevel: 'silent',
} as const satisfies BuildOptions;

/**
 * Builds the chat page. `index.html` names its sources by relative paths; each is bundled and takes a name with its hash.
 * Throws if a source is wrong, or if the whole page is heavier than it may be.
 */
export async function buildPage({ apiOrigin, ceilingKb = 100 }: PageBuild = {}): Promise<PageFile[]> {
  const html = await readFile(join(import.meta.dirname, 'index.html'), 'utf8');
  const sources = Array.from(html.matchAll(reference), ([, , path]) => String(path));
  const { outputFiles, metafile } = await build({ ...options, entryPoints: sources });
  const outputs = Object.entries(metafile.outputs);
  const names = new Map(outputs.map(([path, { entryPoint }]) => [entryPoint, `/${path}`]));
  const page = html.replace(reference, (_, attribute: string, path: string) => {
    const name = names.get(posix.normalize(path));
    if (name === undefined) throw new Error(`esbuild made nothing of ${path}.`);
    return `${attribute}="${name}"`;
  });
  const files = [
    toFile('/index.html', 'text/html; charset=utf-8', 'no-cache', Buffer.from(withApi(page, apiOrigin))),
    ...outputFiles.map(({ path, contents }) => toAsset(`/assets/${posix.basename(path)}`, contents)),
  ];
  await assertLight(files, metafile, ceilingKb);
  return files;
}

/** An attribute that names a source: a relative path, so neither a URL nor a place on the page. */
const reference = /\b(src|href)="(?![a-z]+:|[/#])([^"]+)"/g;

function toAsset(path: string, bytes: Uint8Array): PageFile {
  const contentType = contentTypes[extname(path)];
  if (contentType === undefined) throw new Error(`${path} is of a kind that the page does not have.`);
  return toFile(path, contentType, forever, bytes);
}

function toFile(path: string, contentType: string, cacheControl: string, bytes: Uint8Array): PageFile {
  return { path, contentType, cacheControl, bytes };
}

/** Tells the page where the API is: nothing means at its own origin. */
function withApi(html: string, apiOrigin = ''): string {
  if (apiOrigin !== '' && !(URL.canParse(apiOrigin) && new URL(apiOrigin).origin === apiOrigin)) {
    throw new Error(`${apiOrigin} is no origin: it has to be like https://api.example, without a path.`);
  }
  const place = '<meta name="raglan-api" content="';
  if (!html.includes(`${place}"`)) throw new Error(`web/index.html has to hold ${place}">.`);
  return html.replace(place, place + apiOrigin);
}

/** The size of each file compressed, in bytes, by its path. */
export async function compressedSizes(files: readonly PageFile[]): Promise<Map<string, number>> {
  const sizes = files.map(async ({ path, bytes }): Promise<[string, number]> => {
    const zipped = await promisify(gzip)(bytes, { level: 9 });
    return [path, zipped.byteLength];
  });
  return new Map(await Promise.all(sizes));
}

async function assertLight(
  files: readonly PageFile[],
  { outputs }: Metafile,
  ceilingKb: number,
): Promise<void> {
  const sizes = await compressedSizes(files);
  const total = Array.from(sizes.values()).reduce((sum, size) => sum + size, 0);
  if (total <= ceilingKb * 1000) return;
  const inputs = Object.assign({}, ...Object.values(outputs).map((one) => one.inputs));
  throw new Error(
    `The page weighs ${kilobytes(total)} kB compressed with gzip, more than its ceiling of ${ceilingKb} kB. Its heaviest ` +
      `parts, before compression: ${heaviest({ inputs }).join(', ')}. Remove what is not needed there.`,
  );
}
