import { expect, it } from 'vitest';
import { add, file, openDocuments, row } from './documents-parts.ts';
import { answerText, ask, isAnswered } from './parts.ts';
import { describeBrowser } from './scene.ts';

describeBrowser('a document', (scene) => {
  it('that is put in becomes ready, and is asked about', async () => {
    const page = await scene().visit();
    await page.getByRole('button', { name: 'Put in documents' }).click();
    const panel = page.getByRole('region', { name: 'Documents' });
    await panel.getByText('There are no documents here yet.').waitFor();
    await add(page, panel, file('garden.md', 'text/markdown', '# Garden\n\nTulips are planted in October.'));
    await row(panel, 'garden.md').getByText('Ready').waitFor();
    await page.getByRole('button', { name: 'Garden', exact: true }).waitFor();
    await page.keyboard.press('Escape');
    // What had opened the list is gone, and there is something to ask.
    await expect.poll(() => page.locator('#question:focus').count()).toBe(1);
    await ask(page, 'When are tulips planted?');
    await isAnswered(page);
    expect(await answerText(page).innerText()).toContain('Tulips are planted in October.');
  });

  it('that is larger than a request goes straight to the bucket', async () => {
    const { visit } = scene();
    const page = await visit();
    const posted: string[] = [];
    page.on(
      'request',
      (request) => request.method() === 'POST' && posted.push(new URL(request.url()).origin),
    );
    const panel = await openDocuments(page);
    // Four million blank lines are soon read, but they have to be sent.
    const large = `Zebras sleep standing.${'\n'.repeat(4_200_000)}`;
    await add(page, panel, file('large.txt', 'text/plain', large));
    await row(panel, 'large.txt').getByText('Ready').waitFor();
    expect(posted).toContain(new URL(scene().cloud.environment.AWS_ENDPOINT_URL_S3).origin);
  });

  it('lies over a page without room for both, which the keyboard cannot reach then', async () => {
    const page = await scene().visit({ viewport: { width: 1199, height: 800 } });
    const panel = await openDocuments(page);
    const outside = "document.activeElement.closest('#sidebar, #column, .skip-link')?.id";
    for (let tab = 0; tab < 12; tab += 1) {
      await page.keyboard.press('Tab');
      expect(await page.evaluate(outside)).toBeUndefined();
    }
    const opener = page.getByRole('button', { name: 'Documents', exact: true });
    // To press what takes no focus must not take it from Esc.
    await panel.getByText('Drop files or folders').click();
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
    expect(await opener.and(page.locator(':focus')).count()).toBe(1);
    await opener.press('Enter');
    await panel.waitFor();
    await page.mouse.click(300, 400);
    await panel.waitFor({ state: 'hidden' });
    await ask(page, 'Is the page back?');
    await isAnswered(page);
  });

  it('lies beside a page with room for both, which stays usable', async () => {
    const page = await scene().visit({ viewport: { width: 1200, height: 800 } });
    const panel = await openDocuments(page);
    await ask(page, 'Is the page there?');
    await isAnswered(page);
    await page.keyboard.press('Escape');
    expect(await panel.isVisible()).toBe(true);
    await page.getByRole('button', { name: 'Documents', exact: true }).press('Enter');
    await panel.waitFor({ state: 'hidden' });
    await openDocuments(page);
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'hidden' });
  });

  it('that fails says why and what to do, and is tried again', async () => {
    const page = await scene().visit();
    const panel = await openDocuments(page);
    await add(page, panel, file('broken.pdf', 'application/pdf', 'This is no PDF.'));
    const broken = row(panel, 'broken.pdf');
    await broken.getByText('Failed').waitFor();
    const { reason, updatedAt } = await scene().api.get('broken.pdf');
    await broken.getByText(reason?.message ?? 'a reason').waitFor();
    await broken.getByText(reason?.whatToDo ?? 'a way out').waitFor();
    await broken.getByRole('button', { name: 'Retry broken.pdf' }).click();
    await expect.poll(async () => (await scene().api.get('broken.pdf')).updatedAt).not.toBe(updatedAt);
    await broken.getByText('Failed').waitFor();
  });

  it('that cannot be taken says so before it is sent', async () => {
    const page = await scene().visit();
    const panel = await openDocuments(page);
    await add(page, panel, file('picture.png', 'image/png', 'png'));
    await panel.getByText('1 file was not taken').waitFor();
    await panel.getByRole('button', { name: 'Close' }).press('Enter');
    expect(await panel.getByText('1 file was not taken').count()).toBe(0);
    expect(await panel.getByRole('button', { name: 'Add files' }).and(page.locator(':focus')).count()).toBe(
      1,
    );
    expect(await row(panel, 'picture.png').count()).toBe(0);
  });

  it('is deleted when that is meant', async () => {
    const { api, visit } = scene();
    await api.put('old.md', '# Old\n\nOld news.', 'text/markdown');
    await api.becomes('old.md', 'ready');
    const page = await visit();
    const panel = await openDocuments(page);
    await row(panel, 'old.md').getByRole('button', { name: 'Delete old.md' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete this document?' });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await row(panel, 'old.md').getByRole('button', { name: 'Delete old.md' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await row(panel, 'old.md').waitFor({ state: 'detached' });
    const gone = await fetch(`${scene().cloud.url}/documents/old.md?collection=main`);
    expect(gone.status).toBe(404);
  });

  it('with a hostile name is shown by its name', async () => {
    const { api, visit } = scene();
    const name = '<img src=x onerror=alert(1)>.md';
    await api.put(encodeURIComponent(name), '# Hostile', 'text/markdown');
    await api.becomes(encodeURIComponent(name), 'ready');
    const page = await visit();
    const panel = await openDocuments(page);
    await row(panel, name).getByText('Ready').waitFor();
    expect(await panel.locator('img').count()).toBe(0);
  });
});
