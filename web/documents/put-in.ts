import type { Confirm } from './confirm.ts';
import type { Shelf } from './shelf.ts';
import type { ChosenFile } from './types.ts';
import { planUploads, type UploadPlan } from './upload-plan.ts';

/**
 * Puts files in: says which cannot be taken, asks before documents that are served are replaced, and adds the rest.
 * Throws ApiError if nobody can tell what is there already, and what reading the files throws.
 */
export async function putIn(
  shelf: Shelf,
  files: () => Promise<ChosenFile[]>,
  { confirm, showLeftOut }: { confirm: Confirm; showLeftOut: (files: UploadPlan['leftOut']) => void },
): Promise<void> {
  const plan = planUploads(await files(), shelf.open());
  showLeftOut(plan.leftOut);
  if (plan.files.length === 0) return;
  const served = new Set(await shelf.findServed(plan.files.map(({ id }) => id)));
  const mayReplace = served.size === 0 || (await askToReplace(confirm, Array.from(served)));
  shelf.add(mayReplace ? plan.files : plan.files.filter(({ id }) => !served.has(id)));
}

async function askToReplace(confirm: Confirm, items: readonly string[]): Promise<boolean> {
  const isOne = items.length === 1;
  return confirm.ask({
    title: isOne ? 'Replace this document?' : `Replace ${items.length} documents?`,
    text: isOne
      ? 'There is one of this name already. It is served until the new one is ready.'
      : 'There are documents of these names already. Each is served until the new one is ready.',
    items,
    yes: 'Replace',
    no: isOne ? 'Keep it' : 'Keep them',
  });
}
