import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLibrary, type Library } from './ingesting.ts';

const texts = ['one\n\ntwo', 'three', Array.from({ length: 40 }, (_, n) => `p${n}`).join('\n\n'), 'BROKEN'];

/** Something that happens to the object, whether its event's first delivery dies, and whether it comes twice. */
const change = fc.record({
  what: fc.oneof(fc.constantFrom(...texts), fc.constantFrom('removed', 'retired')),
  dies: fc.boolean(),
  isDoubled: fc.boolean(),
});

const ports = [
  ...['documents.get', 'documents.reportWork', 'documents.reportFailure', 'documents.makeCurrent'],
  ...['documents.bury', 'bucket.head', 'bucket.read', 'bucket.remove', 'parse', 'embed'],
  ...['chunks.written', 'chunks.vectors', 'chunks.put', 'chunks.sweep', 'keywords.put', 'keywords.sweep'],
];

async function happen(library: Library, what: string): Promise<void> {
  if (what === 'retired') await library.retire();
  else if (what === 'removed') library.drop();
  else library.put(what);
}

/** Delivers an event; a run that dies does so between any two of its calls, and nothing after that is done. */
async function deliver(library: Library, scheduler: fc.Scheduler, dies: boolean): Promise<void> {
  const end = new AbortController();
  const running = library.ingest({ signal: end.signal }).catch(() => {});
  if (dies) await scheduler.schedule(Promise.resolve()).then(() => end.abort());
  await running;
}

/** Delivers until it is taken, as the queue does with an event that is given back. */
async function deliverUntilTaken(library: Library): Promise<void> {
  for (;;) {
    try {
      await library.ingest();
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== 'conflict') throw error;
    }
  }
}

/** What is stored of the document, and what must be once an event has been taken after the last change. */
function compare(library: Library): { stored: object; wanted: object } {
  const object = library.bucket.entries.get('default/main/guide');
  const text = object && new TextDecoder().decode(object.body);
  const { state = 'deleted', reason, version } = library.record() ?? {};
  const inOrder = (all: string[]) => all.toSorted((a, b) => (a < b ? -1 : 1));
  const served = inOrder(library.served());
  // Nothing is stored that is not served.
  const stored = {
    state,
    reason: reason?.code,
    isServed: version !== undefined,
    served,
    texts: library.texts(),
  };
  if (text === undefined) {
    return {
      stored,
      wanted: { state: 'deleted', reason: undefined, isServed: false, served: [], texts: [] },
    };
  }
  if (text === 'BROKEN') {
    return { stored, wanted: { ...stored, state: 'failed', reason: 'unreadable_document', texts: served } };
  }
  const texts = inOrder(text.split('\n\n'));
  return { stored, wanted: { state: 'ready', reason: undefined, isServed: true, served: texts, texts } };
}

it('whatever happens in whatever order, the store ends as the object is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.scheduler(),
      fc.array(change, { minLength: 1, maxLength: 5 }),
      async (scheduler, changes) => {
        const library = createLibrary();
        for (const name of ports) library.calls.before(name, () => scheduler.schedule(Promise.resolve()));
        const happening = changes.map(async ({ what, dies, isDoubled }) => {
          await scheduler.schedule(Promise.resolve());
          await happen(library, what);
          const again = isDoubled ? [deliver(library, scheduler, false)] : [];
          await Promise.all([deliver(library, scheduler, dies), ...again]);
        });
        await scheduler.waitFor(Promise.all(happening));
        // Whichever event comes last, one is enough.
        await scheduler.waitFor(deliverUntilTaken(library));
        const { stored, wanted } = compare(library);
        expect(stored).toEqual(wanted);
        expect(library.isFoundByWords()).toBe(true);
        const before = library.contents();
        await scheduler.waitFor(deliverUntilTaken(library));
        // Trying anew to read what cannot be read is all that one more event may do.
        fc.pre(library.record()?.state !== 'failed');
        expect(library.contents()).toEqual(before);
      },
    ),
    { numRuns: 300 },
  );
});
