import { expect, it } from 'vitest';
import { add, file, openDocuments, row } from './documents-parts.ts';
import { answerText, ask, isAnswered } from './parts.ts';
import { describeBrowser } from './scene.ts';

describeBrowser('a document', (scene) => {
  it('that is put in becomes ready, and is asked about', async () => {
    const page = await scene().visit();
    const panel = await openDocuments(page);
    await panel.getByText('There are no documents here yet.').waitFor();
    await add(page, panel, file('garden.md', 'text/markdown', '# Garden\n\nTulips are planted in October.'));
    await row(panel, 'garden.md').getByText('Ready').waitFor();
    await page.keyboard.press('Escape');
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
