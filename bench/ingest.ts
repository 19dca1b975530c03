import { machine, printTable } from './figures.ts';
import { embeddingMs, startIngestCloud, type IngestCloud } from './ingest-cloud.ts';
import { largePdf, largeText, markdown } from './ingest-documents.ts';
import { startIngestFunction, type ProcessFigures } from './ingest-function.ts';

/** What the function has where it is deployed. */
const memoryMib = 1024;
const atOnce = [1, 16];
const rounds = 3;
const pages = 2_000;
const megabytes = 10;

/** Measures ingestion in a process of its own: many documents at once, and two that are very large. */
export async function benchIngest(): Promise<void> {
  const cloud = await startIngestCloud();
  try {
    const some = [];
    for (const documents of atOnce) some.push(await measureSome(cloud, documents));
    const text = await measureLarge(cloud, 'large.txt', largeText(megabytes), 'text/plain');
    const pdf = await measureLarge(cloud, 'large.pdf', await largePdf(pages), 'application/pdf');
    print(some, { text, pdf });
  } finally {
    await cloud.close();
  }
}

interface Measured extends ProcessFigures {
  documents: number;
  chunks: number;
  seconds: number;
  invocations: number;
}

/** Markdown documents, so many at once, round after round. */
async function measureSome(cloud: IngestCloud, documents: number): Promise<Measured> {
  const ingestion = await startIngestFunction(cloud.environment, memoryMib);
  try {
    await ingest(cloud, ingestion, [
      await cloud.put(`warm-up-${documents}.md`, markdown(0), 'text/markdown'),
    ]);
    await ingestion.figures();
    let chunks = 0;
    let seconds = 0;
    for (let round = 0; round < rounds; round += 1) {
      const ids = Array.from({ length: documents }, (_, n) => `${documents}-${round}-${n}.md`);
      const puts = ids.map((id, n) => cloud.put(id, markdown(round * documents + n), 'text/markdown'));
      const messages = await Promise.all(puts);
      const startedAt = performance.now();
      await ingest(cloud, ingestion, messages);
      seconds += (performance.now() - startedAt) / 1_000;
      for (const id of ids) chunks += await chunksOf(cloud, id);
    }
    const figures = await ingestion.figures();
    return { ...figures, documents, chunks, seconds, invocations: rounds * documents };
  } finally {
    await ingestion.close();
  }
}

/** One document of thousands of chunks, in a process that has done nothing before. */
async function measureLarge(
  cloud: IngestCloud,
  id: string,
  body: Uint8Array | string,
  contentType: string,
): Promise<Measured> {
  const message = await cloud.put(id, body, contentType);
  const ingestion = await startIngestFunction(cloud.environment, memoryMib);
  try {
    await ingestion.figures();
    const startedAt = performance.now();
    const invocations = await ingest(cloud, ingestion, [message]);
    const seconds = (performance.now() - startedAt) / 1_000;
    const chunks = await chunksOf(cloud, id);
    return { ...(await ingestion.figures()), documents: 1, chunks, seconds, invocations };
  } finally {
    await ingestion.close();
  }
}

/** Invokes the function with the messages, and with those that it sends itself, until there is none. */
async function ingest(
  cloud: IngestCloud,
  ingestion: { invoke(body: string): Promise<void> },
  messages: readonly string[],
): Promise<number> {
  await Promise.all(messages.map((message) => ingestion.invoke(message)));
  let invocations = messages.length;
  for (let message = await cloud.next(); message !== undefined; message = await cloud.next()) {
    await ingestion.invoke(message);
    invocations += 1;
  }
  return invocations;
}

async function chunksOf(cloud: IngestCloud, id: string): Promise<number> {
  const record = await cloud.record(id);
  if (record?.state !== 'ready') throw new Error(`${id} is not ready: ${JSON.stringify(record?.reason)}`);
  return record.chunks;
}

function print(some: readonly Measured[], { text, pdf }: Record<'text' | 'pdf', Measured>): void {
  process.stdout.write(
    `Ingestion, functions/ingest.ts in a process of its own, ${machine()}.\n` +
      `DynamoDB, S3 and SQS in another process, embeddings of 512 dimensions in ${embeddingMs} ms a call in a third.\n\n`,
  );
  printTable([
    ['', 'chunks', 'seconds', 'chunks/s', 'invocations', 'loop late ms', 'turn CPU ms', 'peak RSS MiB'],
    ...some.map((each) => row(`${each.documents} at once`, each)),
    row(`a text of ${megabytes} MB`, text),
    row(`a PDF of ${pages} pages`, pdf),
  ]);
  const words = [
    ...some.flatMap(({ documents, chunks, seconds, worstDelayMs, longestTurnMs }) => [
      `chunksPerSecond@${documents}=${(chunks / seconds).toFixed(0)}`,
      `worstDelayMs@${documents}=${worstDelayMs.toFixed(1)}`,
      `longestTurnMs@${documents}=${longestTurnMs.toFixed(1)}`,
    ]),
    ...Object.entries({ text, pdf }).flatMap(([name, large]) => [
      ...[`${name}Chunks=${large.chunks}`, `${name}Seconds=${large.seconds.toFixed(1)}`],
      ...[`${name}Invocations=${large.invocations}`, `${name}WorstDelayMs=${large.worstDelayMs.toFixed(1)}`],
      `${name}LongestTurnMs=${large.longestTurnMs.toFixed(1)}`,
      `${name}PeakRssMib=${large.peakRssMib.toFixed(0)}`,
    ]),
  ];
  process.stdout.write(`\ningest ${words.join(' ')}\n`);
}

function row(name: string, measured: Measured): string[] {
  const { chunks, seconds, invocations, worstDelayMs, longestTurnMs, peakRssMib } = measured;
  return [
    ...[name, String(chunks), seconds.toFixed(1), (chunks / seconds).toFixed(0), String(invocations)],
    ...[worstDelayMs.toFixed(1), longestTurnMs.toFixed(1), peakRssMib.toFixed(0)],
  ];
}
