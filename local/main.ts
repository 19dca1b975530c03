/** `npm start`: the whole service on this machine, with the documents of a folder in it. */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createKeys } from '../lib/app.ts';
import { within } from '../lib/async/within.ts';
import { startLaptopCloud, type LaptopCloud } from './cloud.ts';
import { readFolder, readProjectDocs, type Folder } from './documents/folder.ts';
import { forgetAnswers } from './documents/forget-answers.ts';
import { followIngestion } from './documents/ingestion.ts';
import { readStates } from './documents/states.ts';
import { syncDocuments } from './documents/sync.ts';
import { noteEndpoint } from './keys/open.ts';
import { ensureOwnKey, ownKeyFile } from './keys/own-key.ts';
import { createPage } from './page.ts';
import { hasOwnModel } from './settings.ts';
import { createProgressLine } from './terminal/progress-line.ts';
import { explainStartFailure } from './terminal/start-failure.ts';
import { onStopRequest } from './terminal/stop.ts';

const help = `Usage: npm start

Serves Raglan on this machine, with the documents of a folder in it. Ctrl-C stops it; what it has read is kept.

  PORT            3000 if not set
  DOCUMENTS_DIR   the folder; the project's own documentation if not set
  DATA_DIR        where everything is kept; .raglan/ if not set
  AUTH            keys: callers need one, see npm run keys; none if not set
  OPENAI_API_KEY, OPENAI_BASE_URL   a model of your own instead of the offline ones
  --help          this text

What else may be set is in docs/configuration.md.`;

/** How long running answers may take to end when the server stops, in milliseconds. */
const graceMs = 3_000;

// A variable that is set to nothing is not set.
const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
const port = Number(given['PORT'] ?? 3000);
const dataDirectory = resolve(given['DATA_DIR'] ?? '.raglan');
const documentsDirectory = given['DOCUMENTS_DIR'];

const stopping = new AbortController();
const { signal } = stopping;
const print = (line: string) => process.stdout.write(`${line}\n`);

async function start(): Promise<LaptopCloud> {
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`PORT is ${given['PORT']}, and has to be a number from 0 to 65535.`);
  }
  const page = createPage({
    // Loaded here, so that the packages of the build keep nobody waiting.
    build: async () => (await import('../web/build.ts')).buildPage(),
    onFailure: (error) => sayFailure('Building the page', error),
  });
  return startLaptopCloud({ port, dataDirectory, environment: given, page, onFailure: sayFailure });
}

function sayFailure(what: string, error: unknown): void {
  const reason = error instanceof Error ? error.message || error.name : 'for an unknown reason';
  if (!signal.aborted) process.stderr.write(`${what} failed: ${reason}\n`);
}

/** Notes where the keys are and returns, where callers need one, the one that we call our own server with. */
async function openToKeys({ environment }: LaptopCloud): Promise<string | undefined> {
  await noteEndpoint(dataDirectory, environment.AWS_ENDPOINT_URL_DYNAMODB);
  if (environment['AUTH'] !== 'keys') return undefined;
  return ensureOwnKey(createKeys(environment.CONTROL_TABLE), dataDirectory, { signal });
}

async function readDocuments(cloud: LaptopCloud, key: string | undefined): Promise<void> {
  const startedAt = Date.now();
  const folder = await (documentsDirectory === undefined
    ? readProjectDocs(join(import.meta.dirname, '..'))
    : readFolder(resolve(documentsDirectory)));
  nameSkipped(folder);
  const { url, queueUrl, clients, environment } = cloud;
  const bucket = environment.DOCUMENTS_BUCKET;
  const states = await readStates(url, signal, key);
  const { put, removed } = await syncDocuments({ s3: clients.s3, bucket }, { ...folder, states }, signal);
  if (removed.length > 0) print(`Removed, since they are gone from the folder: ${removed.join(', ')}`);
  if (put.size === 0) {
    print(`Nothing to read: ${count(folder.documents.length)} in the folder, all as they were.`);
    return;
  }
  const address = url.replace('127.0.0.1', 'localhost');
  print(`Reading ${count(put.size)}. Open ${address} meanwhile: it answers from what has been read by then.`);
  const line = createProgressLine(process.stdout, 'Reading documents');
  const { ready, failed } = await followIngestion(
    { url, sqs: clients.sqs, queueUrl, ...(key && { key }) },
    put,
    {
      onProgress: (progress) => line.show(progress),
      signal,
    },
  ).finally(() => line.clear());
  if (ready.length > 0) await forgetAnswers(url, signal, key);
  for (const { id, reason } of failed) print(`Not read: ${id}: ${reason}`);
  const unchanged = folder.documents.length - put.size;
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  print(
    `Read ${count(ready.length)} in ${seconds} s${unchanged > 0 ? `; ${unchanged} were as before` : ''}.`,
  );
}

function count(documents: number): string {
  return documents === 1 ? '1 document' : `${documents} documents`;
}

function nameSkipped({ skipped }: Folder): void {
  for (const { id, reason } of skipped.slice(0, 10)) print(`Left out: ${id}: ${reason}`);
  if (skipped.length > 10) print(`Left out: ${skipped.length - 10} more files`);
}

function printHowToTry(address: string, key: string | undefined): void {
  const question =
    documentsDirectory === undefined ? 'What does Raglan cost while it is idle?' : 'Your question';
  const body = JSON.stringify({ question, stream: true });
  const shown = `$(cat ${ownKeyFile(dataDirectory)})`;
  const auth = key === undefined ? '' : ` -H "authorization: Bearer ${shown}"`;
  const ask = [
    ...(address.endsWith(':3000') ? [] : [`RAGLAN_URL=${address}`]),
    ...(key === undefined ? [] : [`RAGLAN_KEY="${shown}"`]),
    'npm run ask',
  ].join(' ');
  print(`
Open ${address}

Or ask here:

  curl -N ${address}/ask -H 'content-type: application/json'${auth} -d '${body}'
  ${ask} -- "${question}"

Everything is kept in ${dataDirectory}. Ctrl-C stops the server.`);
}

function fail(message: string, exitCode = 1): never {
  process.stderr.write(`${message}\n`);
  process.exit(exitCode);
}

/** Everything is set by variables: any argument is a mistake, and a server that ignored it would hide that. */
function readCommand(): 'start' | 'help' {
  try {
    const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } });
    return values.help ? 'help' : 'start';
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${help}`, 2);
  }
}

/** What functions still at work log when their servers go is no news to whoever stopped them. */
function silence(): void {
  process.stdout.write = process.stderr.write = () => true;
}

async function main(): Promise<void> {
  if (readCommand() === 'help') return void print(help);
  const starting = start();
  onStopRequest(async () => {
    stopping.abort();
    // A start may wait long for a server of someone else's; it is not waited for.
    silence();
    const cloud = await within(graceMs, new AbortController().signal, () => starting).catch(() => undefined);
    await cloud?.close(graceMs);
  });
  const refuse = (error: unknown) => fail(explainStartFailure(error, { port, given }));
  const cloud = await starting.catch(refuse);
  const key = await openToKeys(cloud).catch(refuse);
  const address = cloud.url.replace('127.0.0.1', 'localhost');
  const { CHAT_MODEL, EMBEDDING_MODEL, PROVIDERS } = cloud.environment;
  const kind = hasOwnModel(given) || PROVIDERS ? 'models' : 'offline models';
  print(
    `Raglan answers at ${address} (${kind}: ${PROVIDERS ? 'PROVIDERS' : CHAT_MODEL}, ${EMBEDDING_MODEL}).`,
  );
  if (cloud.isCacheAnew) print(`The answer cache had no index of ${EMBEDDING_MODEL}, so it begins anew.`);
  const reading = readDocuments(cloud, key)
    // Documents that cannot be read are no reason not to serve the others.
    .catch((error: unknown) => {
      if (!signal.aborted) print(error instanceof Error ? error.message : String(error));
    })
    .then(() => {
      if (!signal.aborted) printHowToTry(address, key);
    });
  await Promise.all([reading, cloud.lost]);
  if (!signal.aborted) fail('The emulators ended unexpectedly, so nothing is stored or read. Start again.');
}

await main();
