import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { RagError } from '../rag/errors.ts';
import type { AskReport, JobReport, Telemetry } from '../rag/ports/telemetry.ts';

/**
 * Logs and metrics as JSON lines on standard output, where Lambda picks them up. Each metrics line is written at once,
 * since several requests share the process. Errors are logged by code, name and cause; no document's text is in them.
 */
export function createTelemetry(): Telemetry {
  const logger = new Logger({ serviceName: 'raglan' });
  return {
    asked: (report) => {
      logger.info('asked', { ...report });
      measure(report);
      for (const reason of new Set(report.refused)) measureRefusal(reason);
    },
    degraded: (step, error) => logger.warn('degraded', { step, ...describe(error) }),
    ingested: (report) => logger.info('ingested', report),
    worked: measureWork,
    failed: (what, error) => logger.error('failed', { what, ...describe(error) }),
  };
}

// A store of its own for every line: a shared one would mix requests that run at once.
function measure(report: AskReport): void {
  const metrics = new Metrics({ namespace: 'Raglan', serviceName: 'raglan' });
  metrics.addDimension('outcome', report.outcome);
  metrics.addMetric('questions', MetricUnit.Count, 1);
  metrics.addMetric('firstToken', MetricUnit.Milliseconds, report.firstTokenMs);
  metrics.addMetric('total', MetricUnit.Milliseconds, report.totalMs);
  // Each 0 or 1, so that their average is the share of questions and their sum the number.
  metrics.addMetric('exactHits', MetricUnit.Count, Number(report.cached === 'exact'));
  metrics.addMetric('similarHits', MetricUnit.Count, Number(report.cached === 'similar'));
  metrics.addMetric('shared', MetricUnit.Count, Number(report.isShared));
  metrics.publishStoredMetrics();
}

/** A question for which the guard refused an answer that was near. */
function measureRefusal(reason: string): void {
  const metrics = new Metrics({ namespace: 'Raglan', serviceName: 'raglan' });
  metrics.addDimension('reason', reason);
  metrics.addMetric('refusals', MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

/** Names of the metrics of jobs, of their questions and of their webhooks. */
const workMetrics = { job: 'jobs', question: 'jobQuestions', webhook: 'webhooks' };

/** Something that came to its end in the background. */
function measureWork({ what, outcome }: JobReport): void {
  const metrics = new Metrics({ namespace: 'Raglan', serviceName: 'raglan' });
  metrics.addDimension('outcome', outcome);
  metrics.addMetric(workMetrics[what], MetricUnit.Count, 1);
  metrics.publishStoredMetrics();
}

// An error of ours is safe to log whole, but its cause may quote what was sent: only its name and its stack's places are.
function describe(error: unknown): Record<string, unknown> {
  if (error instanceof RagError) {
    return {
      code: error.code,
      says: error.message,
      ...(error.cause !== undefined && { cause: describe(error.cause) }),
    };
  }
  if (!(error instanceof Error)) return { thrown: typeof error };
  return { name: error.name, places: placesOf(error) };
}

// The stack begins with the message, whose own lines may look like places; where it is not found, it was changed since.
function placesOf({ stack = '', message }: Error): string[] {
  const start = stack.indexOf(message);
  if (start === -1) return [];
  const lines = stack.slice(start + message.length).split('\n');
  const places = lines.map((line) => line.trim()).filter((line) => /^at .*:\d+:\d+\)?$/.test(line));
  return places.slice(0, 8);
}
