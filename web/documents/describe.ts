import type { DocumentView, Row, Upload } from './types.ts';

/** What somebody can do about a row. */
export type RowAction = 'cancel' | 'sendAgain' | 'dismiss' | 'retry' | 'remove';

/** A row in words for a person. */
export interface RowInWords {
  label: string;
  tone: 'quiet' | 'busy' | 'good' | 'bad';
  detail?: string;
  /** How far it is, 0 to 1, or undefined in `value` while nobody can tell. */
  progress?: { value: number | undefined };
  actions: readonly RowAction[];
}

/** Says what state a row is in, how far it is, why it failed and what can be done. */
export function describe({ document, upload }: Row): RowInWords {
  return upload ? describeUpload(upload, document !== undefined) : describeDocument(document);
}

/** Whether the server is still at work on it, so that looking again will bring news. */
export function isUnderWay({ document, upload }: Row): boolean {
  if (upload) return upload.phase === 'taken';
  return document !== undefined && document.state !== 'ready' && document.state !== 'failed';
}

function describeUpload(upload: Upload, replaces: boolean): RowInWords {
  const kept = replaces ? 'Replaces the document of that name, which is served until then.' : undefined;
  const aside = kept === undefined ? {} : { detail: kept };
  switch (upload.phase) {
    case 'waiting':
      return { label: 'Waiting', tone: 'quiet', ...aside, actions: ['cancel'] };
    case 'sending': {
      const { sentBytes, totalBytes } = upload;
      const detail = `${inWords(sentBytes)} of ${inWords(totalBytes)}`;
      const progress = { value: totalBytes === 0 ? undefined : sentBytes / totalBytes };
      return { label: 'Uploading', tone: 'busy', detail, progress, actions: ['cancel'] };
    }
    case 'taken':
      return { label: 'Received', tone: 'busy', ...aside, progress: { value: undefined }, actions: [] };
    default:
      return { label: 'Not sent', tone: 'bad', detail: upload.problem, actions: ['sendAgain', 'dismiss'] };
  }
}

function describeDocument(document: DocumentView | undefined): RowInWords {
  switch (document?.state) {
    case 'parsing':
      return { label: 'Reading', tone: 'busy', progress: { value: undefined }, actions: ['remove'] };
    case 'embedding':
      return { label: 'Embedding', tone: 'busy', ...embedded(document), actions: ['remove'] };
    case 'ready':
      return { label: 'Ready', tone: 'good', detail: content(document), actions: ['remove'] };
    case 'failed':
      return { label: 'Failed', tone: 'bad', detail: whyFailed(document), actions: ['retry', 'remove'] };
    default:
      return { label: 'Received', tone: 'busy', progress: { value: undefined }, actions: ['remove'] };
  }
}

function embedded({ chunks, chunksDone }: DocumentView): Pick<RowInWords, 'detail' | 'progress'> {
  if (chunks === 0) return { progress: { value: undefined } };
  const detail = `${chunksDone.toLocaleString('en')} of ${passages(chunks)}`;
  return { detail, progress: { value: Math.min(1, chunksDone / chunks) } };
}

function content({ chunks, size }: DocumentView): string {
  return size === undefined ? passages(chunks) : `${passages(chunks)}, ${inWords(size)}`;
}

function passages(count: number): string {
  return count === 1 ? '1 passage' : `${count.toLocaleString('en')} passages`;
}

/** The API tells programs which route to call; here a button stands beside it. */
function whyFailed({ reason, version }: DocumentView): string {
  if (!reason) return 'Nobody noted why.';
  const whatToDo = reason.whatToDo.replace(/: POST \S+$/, '.');
  const parts = [reason.message];
  if (!reason.message.includes(whatToDo)) parts.push(whatToDo);
  if (version !== undefined) parts.push('Until then, the version before is served.');
  return parts.join(' ');
}

/** A number of bytes for a person, in units of 1,000. */
export function inWords(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 999_500) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
