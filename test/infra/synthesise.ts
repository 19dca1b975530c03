import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { DataStack } from '../../infra/data-stack.ts';
import { ServiceStack } from '../../infra/service-stack.ts';
import { readSettings } from '../../infra/settings.ts';

/** A resource as a template has it. */
export interface Resource {
  Type: string;
  Properties: Record<string, unknown>;
  DeletionPolicy?: string;
  DependsOn?: string[];
}

/** The two stacks' templates, with `cdk.json`'s own context and more of it, from bundles that are empty. */
export function synthesise(context: Record<string, unknown> = {}): { data: Template; service: Template } {
  const bundles = mkdtempSync(join(tmpdir(), 'raglan-infra-'));
  try {
    for (const name of ['api', 'ingest', 'jobs']) {
      mkdirSync(join(bundles, name));
      writeFileSync(join(bundles, name, 'index.mjs'), '');
    }
    const page = join(bundles, 'page');
    mkdirSync(join(page, 'assets'), { recursive: true });
    writeFileSync(join(page, 'index.html'), '');
    writeFileSync(join(page, 'assets/main-HASH.js'), '');
    const app = new App({ context: { ...contextOfCdkJson(), ...context } });
    const settings = readSettings(app.node);
    const data = new DataStack(app, 'RaglanData', { settings });
    const service = new ServiceStack(app, 'RaglanService', { data, settings, bundles, page });
    return { data: Template.fromStack(data), service: Template.fromStack(service) };
  } finally {
    rmSync(bundles, { recursive: true });
  }
}

/** The only resource of a type whose logical id begins with `prefix`, with that id. */
export function only(template: Template, type: string, prefix = ''): Resource & { id: string } {
  const found = Object.entries(template.findResources(type)).filter(([id]) => id.startsWith(prefix));
  const [first, ...others] = found;
  if (first === undefined || others.length > 0) {
    throw new Error(`${found.length} resources of type ${type} begin with "${prefix}"`);
  }
  return { id: first[0], ...(first[1] as Resource) };
}

function contextOfCdkJson(): Record<string, unknown> {
  const path = join(import.meta.dirname, '../../cdk.json');
  return (JSON.parse(readFileSync(path, 'utf8')) as { context: Record<string, unknown> }).context;
}
