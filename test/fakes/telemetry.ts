import type { AskReport, JobReport, Telemetry } from '../../lib/rag/ports/telemetry.ts';

/** Keeps what is told. */
export function createFakeTelemetry(): Telemetry & {
  reports: AskReport[];
  gaveUp: string[];
  works: JobReport[];
  failures: unknown[];
} {
  const reports: AskReport[] = [];
  const gaveUp: string[] = [];
  const works: JobReport[] = [];
  const failures: unknown[] = [];
  return {
    reports,
    gaveUp,
    works,
    failures,
    asked: (report) => reports.push({ ...report }),
    degraded: (step) => gaveUp.push(step),
    ingested: () => {},
    worked: (report) => works.push(report),
    failed: (_, error) => failures.push(error),
  };
}
