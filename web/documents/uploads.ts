import type { DocumentsApi } from './ports.ts';
import { isForbidden, problemOf } from './problem.ts';
import type { Rows } from './rows.ts';
import { upload } from './upload.ts';
import type { Planned } from './upload-plan.ts';
import { createUploadQueue } from './upload-queue.ts';

/** Files on their way in; the rows tell how far each is. */
export interface Uploads {
  /** How many wait or are being sent. */
  open: () => number;
  add: (files: readonly Planned[]) => void;
  /** Sends a file that could not be sent once more. */
  again: (id: string) => void;
  /** Gives it up; a document of that name stays what it is. */
  cancel: (id: string) => void;
  clear: () => void;
}

/** Few, so that each is seen to move and the server has room for others. */
const atOnce = 3;

/** Creates it with nothing under way. */
export function createUploads(deps: {
  api: DocumentsApi;
  rows: Rows;
  /** The key may put in nothing, as the server's message says. */
  onForbidden: (message: string) => void;
}): Uploads {
  const { api, rows } = deps;
  const queue = createUploadQueue(atOnce);
  const files = new Map<string, File>();

  const send = async (planned: Planned, signal: AbortSignal) => {
    const { id, file } = planned;
    const before = rows.get(id)?.document?.updatedAt;
    const onProgress = (sentBytes: number, totalBytes: number) => {
      if (!signal.aborted) rows.change(id, { upload: { phase: 'sending', sentBytes, totalBytes } });
    };
    onProgress(0, file.size);
    try {
      const document = await upload(api, planned, { signal, onProgress });
      if (signal.aborted) return;
      files.delete(id);
      if (document) rows.change(id, { document, upload: undefined });
      else rows.change(id, { upload: { phase: 'taken', takenAtMs: Date.now(), before } });
    } catch (error) {
      if (signal.aborted) return;
      rows.change(id, { upload: { phase: 'broken', problem: problemOf(error) } });
      if (isForbidden(error)) deps.onForbidden(problemOf(error));
    }
  };
  const add = (planned: Planned) => {
    files.set(planned.id, planned.file);
    rows.change(planned.id, { upload: { phase: 'waiting' }, isOurs: true });
    queue.add(planned.id, (signal) => send(planned, signal));
  };
  return {
    open: queue.open,
    add: (planned) => planned.forEach(add),
    again: (id) => {
      const file = files.get(id);
      if (file) add({ id, file });
    },
    cancel: (id) => {
      queue.cancel(id);
      files.delete(id);
      rows.change(id, { upload: undefined });
    },
    clear: queue.clear,
  };
}
