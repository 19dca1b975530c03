import { mapBounded } from '../../lib/async/map-bounded.ts';
import type { FolderDocument } from '../documents/folder.ts';
import type { Progress } from '../documents/ingestion.ts';
import { DocumentFailure } from './failures.ts';
import type { Server } from './server.ts';
import { takeIn } from './take-in.ts';

/** Documents under way at once: enough to keep a server busy, few enough that its queue stays short. */
const atOnce = 16;

/** How it ended for every document. */
export interface Taken {
  ready: number;
  failed: { id: string; reason: string }[];
}

/** Puts all of them in, some at once. One that fails keeps nobody else from it; a server that is gone ends it. */
export async function takeAll(
  server: Server,
  documents: readonly FolderDocument[],
  { signal, onProgress }: { signal: AbortSignal; onProgress: (progress: Progress) => void },
): Promise<Taken> {
  const taken: Taken = { ready: 0, failed: [] };
  const underWay = new Map<string, number>();
  const allBytes = documents.reduce((sum, { bytes }) => sum + bytes, 0);
  let doneBytes = 0;
  const tell = () => {
    const done = taken.ready + taken.failed.length;
    const parts = Array.from(underWay.values()).reduce((sum, part) => sum + part, 0);
    const fraction = allBytes === 0 ? 1 : (doneBytes + parts) / allBytes;
    onProgress({ done, total: documents.length, fraction });
  };
  tell();
  await mapBounded(documents, { limit: atOnce, signal }, async (document, _, abortSignal) => {
    const { id, bytes } = document;
    const note = (fraction: number) => {
      underWay.set(id, bytes * fraction);
      tell();
    };
    try {
      await takeIn(server, document, { signal: abortSignal, onProgress: note });
      taken.ready += 1;
    } catch (error) {
      if (!(error instanceof DocumentFailure)) throw error;
      taken.failed.push({ id, reason: error.message });
    }
    underWay.delete(id);
    doneBytes += bytes;
    tell();
  });
  taken.failed.sort((a, b) => (a.id < b.id ? -1 : 1));
  return taken;
}
