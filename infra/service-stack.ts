import { join } from 'node:path';
import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { FunctionUrlAuthType, InvokeMode, type FunctionUrl } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import type { Construct } from 'constructs';
import type { ApiEnvironment, IngestEnvironment, JobsEnvironment } from '../lib/config.ts';
import {
  allowAnswerLog,
  allowAnswering,
  allowAnswers,
  allowControl,
  allowIngestion,
  allowJobs,
  allowModel,
  allowQuestions,
  allowReading,
  allowReranking,
  allowRetrying,
  allowUploading,
} from './access.ts';
import type { DataStack } from './data-stack.ts';
import { ingestTimeout, maxReceives } from './ingest-limits.ts';
import { jobsAtOnce, jobsTimeout, maxJobReceives } from './jobs-queue.ts';
import { createPage } from './page.ts';
import { createFunction } from './service-function.ts';
import type { Settings } from './settings.ts';

/** What the stack is made with. */
export interface ServiceStackProps extends StackProps {
  data: DataStack;
  settings: Settings;
  /** Folder with the built bundles. */
  bundles: string;
  /** Folder with the built page. */
  page: string;
}

/** How long a question may take; the function has a little more, to end its stream and write down what is left. */
const askBudget = Duration.seconds(60);
const apiTimeout = Duration.seconds(90);

/** Everything that can be deleted and deployed again without loss. */
export class ServiceStack extends Stack {
  constructor(scope: Construct, id: string, props: ServiceStackProps) {
    super(scope, id, props);
    const api = this.createApi(props);
    this.createIngest(props);
    this.createJobs(props);
    createPage(this, {
      files: props.page,
      api,
      apiTimeout,
      documents: props.data.documents,
      settings: props.settings,
    });
  }

  private createApi({ data, settings, bundles }: ServiceStackProps): FunctionUrl {
    const api = createFunction(this, 'Api', {
      description: 'Raglan: every HTTP route, streamed.',
      code: join(bundles, 'api'),
      // One whole vCPU: starting, TLS and JSON are bound by it, and a question is billed by its time.
      memoryMb: 1769,
      timeout: apiTimeout,
      environment: (role) =>
        ({
          ...allowQuestions(role, data.knowledge, settings),
          ...allowAnswers(role, data.answers, settings),
          ...allowControl(role, data.control),
          ...allowAnswerLog(role, data.control, settings),
          ...allowUploading(role, data.documents),
          ...allowRetrying(role, data.ingestQueue),
          ...allowJobs(role, data.control, data.jobsQueue),
          ...allowModel(role, data.modelKey, settings),
          ...allowAnswering(role, settings),
          ...allowReranking(role, settings),
          AUTH: 'keys',
          ALLOWED_ORIGINS: settings.allowedOrigins.join(),
          ASK_BUDGET_MS: String(askBudget.toMilliseconds()),
        }) satisfies ApiEnvironment,
    });
    // Without `cors`: with it, the platform would answer preflights itself, and by rules of its own.
    const url = api.addFunctionUrl({
      // Whoever calls shows a key of ours (docs/decisions/0018-keys.md): Lambda has nothing to check.
      authType: FunctionUrlAuthType.NONE,
      invokeMode: InvokeMode.RESPONSE_STREAM,
    });
    new CfnOutput(this, 'ApiUrl', { value: url.url });
    new CfnOutput(this, 'FirstKey', {
      description: 'Nobody can call before there is a key.',
      value: `CONTROL_TABLE=${data.control.ref} npm run keys -- create --tenant default --name first --scope ask,write,admin`,
    });
    return url;
  }

  private createIngest({ data, settings, bundles }: ServiceStackProps): void {
    const ingest = createFunction(this, 'Ingest', {
      description: 'Raglan: documents that came, changed or went.',
      code: join(bundles, 'ingest'),
      // One document is read at a time, in a thread that may take 450 MB beside the document's bytes. A PDF of 2,000 pages
      // takes half of it in all (`npm run bench -- ingest`).
      memoryMb: 1024,
      timeout: ingestTimeout,
      environment: (role) =>
        ({
          ...allowIngestion(role, data.knowledge, settings),
          ...allowReading(role, data.documents),
          ...allowRetrying(role, data.ingestQueue),
          ...allowModel(role, data.modelKey, settings),
          MAX_RECEIVES: String(maxReceives),
        }) satisfies IngestEnvironment,
    });
    ingest.addEventSource(
      new SqsEventSource(data.ingestQueue, {
        // Few enough that all of them end in time; each failure is reported by itself.
        batchSize: 5,
        reportBatchItemFailures: true,
        // What the model's rate limits bear, and what keeps the queue's pollers from being throttled.
        maxConcurrency: 5,
      }),
    );
  }

  private createJobs({ data, settings, bundles }: ServiceStackProps): void {
    const jobs = createFunction(this, 'Jobs', {
      description: 'Raglan: questions in the background, and their webhooks.',
      code: join(bundles, 'jobs'),
      memoryMb: 1024,
      timeout: jobsTimeout,
      environment: (role) =>
        ({
          ...allowQuestions(role, data.knowledge, settings),
          ...allowAnswers(role, data.answers, settings),
          ...allowControl(role, data.control),
          ...allowJobs(role, data.control, data.jobsQueue),
          ...allowModel(role, data.modelKey, settings),
          ...allowAnswering(role, settings),
          ...allowReranking(role, settings),
          // Where sources are cited from. Nothing is read there, nor sent.
          DOCUMENTS_BUCKET: data.documents.bucketName,
          INGEST_QUEUE_URL: data.ingestQueue.queueUrl,
          AUTH: 'keys',
          ASK_BUDGET_MS: String(askBudget.toMilliseconds()),
          MAX_RECEIVES: String(maxJobReceives),
        }) satisfies JobsEnvironment,
    });
    jobs.addEventSource(
      new SqsEventSource(data.jobsQueue, {
        // A job may take all the time that there is.
        batchSize: 1,
        reportBatchItemFailures: true,
        maxConcurrency: jobsAtOnce,
      }),
    );
  }
}
