import type { AskReport, Telemetry } from '../../lib/rag/ports/telemetry.ts';

/** Keeps what is told. */
export function createFakeTelemetry(): Telemetry & {
  reports: AskReport[];
  gaveUp: string[];
  failures: unknown[];
} {
  const reports: AskReport[] = [];
  const gaveUp: string[] = [];
  const failures: unknown[] = [];
  return {
    reports,
    gaveUp,
    failures,
    asked: (report) => reports.push({ ...report }),
    degraded: (step) => gaveUp.push(step),
    ingested: () => {},
    failed: (_, error) => failures.push(error),
  };
}
