import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import type { Import, SourceFile } from './read-source.ts';

/** A part of the tree and what it may import. */
interface Zone {
  name: string;
  holds: (path: string) => boolean;
  /** Zones it may import besides itself. */
  imports: readonly string[];
  /** Zones of which it may import types only. */
  types?: readonly string[];
  /** Whether it may import a package, or a module of Node's. Without it, the zone is part of the product. */
  package?: (name: string) => boolean;
}

const below = (folder: string) => (path: string) => path.startsWith(`${folder}/`);
const exactly = (file: string) => (path: string) => path === file;

/**
 * The flow and its tools know neither AWS nor HTTP: of Node's modules they have these, and of packages one function from a
 * word to its stem.
 */
const pure = (name: string): boolean => ['node:crypto', 'node:timers/promises', 'stemmer'].includes(name);

/** What the page is made of besides our own code: every byte of it is weighed. */
const ofThePage = (name: string): boolean => ['marked', 'dompurify'].includes(name);

const messages = ['object-events', 'job-messages', 'queue-handler'].map((name) => `lib/aws/${name}.ts`);
const pageTools = ['web/build.ts', 'web/headers.ts'];

/**
 * The tree, first match wins. Arrows run one way: functions and the laptop to the app, the app to the flow and its
 * adapters, adapters to the flow's types and never to each other, the flow to its own ports and to tools about time.
 */
const zones: readonly Zone[] = [
  { name: 'async', holds: below('lib/async'), imports: [], package: pure },
  { name: 'rag', holds: below('lib/rag'), imports: ['async'], package: pure },
  // Data only, so that the laptop and the stacks create the same tables.
  { name: 'tables', holds: exactly('lib/dynamodb/tables.ts'), imports: [] },
  // The edge says which version it is.
  { name: 'manifest', holds: exactly('package.json'), imports: [] },
  // What messages of queues say and how they are taken: the edge of ingestion and of jobs, as `http` is the API's.
  { name: 'messages', holds: (path) => messages.includes(path), imports: ['aws', 'rag', 'async'] },
  { name: 'dynamodb', holds: below('lib/dynamodb'), imports: ['rag', 'async', 'tables'] },
  { name: 'http', holds: below('lib/http'), imports: ['rag', 'async', 'manifest'] },
  ...['openai', 'aws', 'parse', 'webhook'].map((name) => ({
    name,
    holds: below(`lib/${name}`),
    imports: ['rag', 'async'],
  })),
  { name: 'config', holds: exactly('lib/config.ts'), imports: ['rag'] },
  {
    name: 'app',
    holds: (path) => /^lib\/[^/]+\.ts$/.test(path),
    imports: ['config', 'rag', 'async', 'dynamodb', 'tables', 'openai', 'aws', 'http', 'parse', 'webhook'],
  },
  {
    name: 'functions',
    holds: below('functions'),
    imports: ['app', 'config', 'http', 'messages', 'rag', 'async'],
  },
  // What an output of the bundler is made of.
  { name: 'weights', holds: exactly('infra/weights.ts'), imports: [], package: () => true },
  // Runs in Node: makes the page and says with which headers it is served.
  {
    name: 'page',
    holds: (path) => pageTools.includes(path),
    imports: ['weights'],
    package: () => true,
  },
  // Runs in browsers, and knows the API by its types and over HTTP only.
  { name: 'web', holds: below('web'), imports: [], types: ['rag', 'http'], package: ofThePage },
  {
    name: 'infra',
    holds: below('infra'),
    imports: ['tables', 'weights', 'page'],
    types: ['config'],
    package: () => true,
  },
  {
    name: 'local',
    holds: below('local'),
    imports: ['functions', 'app', 'config', 'tables', 'rag', 'async', 'page'],
    package: () => true,
  },
  ...['bench', 'eval'].map((name) => ({
    name,
    holds: below(name),
    // Stores and readers are also measured by themselves.
    imports: ['local', 'wire', 'functions', 'app', 'config', 'dynamodb', 'parse', 'tables', 'rag', 'async'],
    package: () => true,
  })),
  // Scripted servers that the tests and the benchmarks share.
  {
    name: 'wire',
    holds: below('test/wire'),
    imports: ['local', 'functions', 'config', 'rag'],
    package: () => true,
  },
];

/**
 * One line for every import that runs against the arrows, and for every read of the environment outside
 * `lib/config.ts`. `dependencies` are the packages the product is deployed with.
 */
export function wrongArrows(sources: readonly SourceFile[], dependencies: ReadonlySet<string>): string[] {
  return sources.flatMap((source) => {
    const zone = zoneOf(source.path);
    if (zone === undefined) return [`${source.path} is in no part of the tree that the architecture knows`];
    const wrong = source.imports
      .filter((one) => !isAllowed(zone, source.path, one, dependencies))
      .map(({ specifier }) => `${source.path} must not import ${specifier}`);
    const isProduct = zone.package === undefined || zone.package === pure;
    if (isProduct && source.readsEnvironment && zone.name !== 'config') {
      wrong.push(`${source.path} must not read the environment: lib/config.ts does`);
    }
    return wrong;
  });
}

function isAllowed(zone: Zone, path: string, one: Import, dependencies: ReadonlySet<string>): boolean {
  if (!one.specifier.startsWith('.')) return isAllowedPackage(zone, one, dependencies);
  const target = zoneOf(posix.join(posix.dirname(path), one.specifier));
  if (target === undefined) return false;
  if (target.name === zone.name || zone.imports.includes(target.name)) return true;
  return one.isType && (zone.types ?? []).includes(target.name);
}

function isAllowedPackage(zone: Zone, one: Import, dependencies: ReadonlySet<string>): boolean {
  if (zone.package !== undefined) return zone.package(one.specifier);
  if (isBuiltin(one.specifier)) return one.specifier.startsWith('node:');
  const name = one.specifier
    .split('/')
    .slice(0, one.specifier.startsWith('@') ? 2 : 1)
    .join('/');
  // Types of a package that is not deployed leave nothing behind.
  return one.isType || dependencies.has(name);
}

function zoneOf(path: string): Zone | undefined {
  return zones.find(({ holds }) => holds(path));
}
