import type { Locator, Page } from 'playwright-core';

/** Opens the documents and returns their panel. */
export async function openDocuments(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Documents', exact: true }).click();
  const panel = page.getByRole('region', { name: 'Documents' });
  await panel.getByRole('button', { name: 'Add files' }).waitFor();
  return panel;
}

/** A file to choose. */
export function file(name: string, mimeType: string, content: string | Buffer) {
  return { name, mimeType, buffer: Buffer.from(content) };
}

/** Chooses files as a person does, by the button. */
export async function add(page: Page, panel: Locator, ...files: ReturnType<typeof file>[]): Promise<void> {
  const chooser = page.waitForEvent('filechooser');
  await panel.getByRole('button', { name: 'Add files' }).click();
  await (await chooser).setFiles(files);
}

/** The line of one document. */
export function row(panel: Locator, name: string): Locator {
  return panel.getByRole('list', { name: 'Documents' }).getByRole('listitem').filter({ hasText: name });
}
