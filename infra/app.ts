import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { buildPage } from '../web/build.ts';
import { buildBundles, overweight, writePage } from './build.ts';
import { repositoryRoot } from './bundles.ts';
import { DataStack } from './data-stack.ts';
import { ServiceStack } from './service-stack.ts';
import { readSettings } from './settings.ts';

// Built here and not before, so that whatever command of CDK's runs, what it deploys is what the sources say.
const bundles = join(repositoryRoot, 'dist');
const complaints = overweight(await buildBundles(bundles));
if (complaints.length > 0) throw new Error(complaints.join('\n'));
const page = join(bundles, 'page');
await writePage(page, await buildPage());

const app = new App();
const settings = readSettings(app.node);
const data = new DataStack(app, 'RaglanData', { settings });
new ServiceStack(app, 'RaglanService', { data, settings, bundles, page });
