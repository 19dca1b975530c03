import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { answerText, ask, isAnswered, openTimeline } from './parts.ts';
import { describeBrowser } from './scene.ts';

const folder = process.env['SCREENSHOTS'] ?? '';
const docs = join(import.meta.dirname, '../../docs');

// Only when it is asked for: reading documents with the laptop's own models takes a while.
describe.runIf(folder)('the picture of the README', () => {
  describeBrowser(
    'with the models of the laptop',
    (scene) => {
      it("is of an answer from the project's own documents", async () => {
        const { api, visit } = scene();
        for (const name of ['deploy.md', 'documents.md', 'laptop.md']) {
          await api.put(name, await readFile(join(docs, name), 'utf8'), 'text/markdown');
          await expect.poll(async () => (await api.get(name)).state, { timeout: 100_000 }).toBe('ready');
        }
        const page = await visit({ viewport: { width: 1280, height: 940 }, deviceScaleFactor: 1.5 });
        // The first question of a process loads what the others find there.
        await ask(page, 'What happens to a document after it is put in?');
        await isAnswered(page);
        await page.getByRole('button', { name: 'New conversation' }).locator('visible=true').click();
        await ask(page, 'What does Raglan cost while it is idle?');
        await isAnswered(page);
        await openTimeline(page);
        expect(
          await answerText(page)
            .getByRole('button', { name: /^Source/ })
            .count(),
        ).toBeGreaterThan(0);
        await mkdir(folder, { recursive: true });
        await page.screenshot({ path: join(folder, 'chat.png') });
      }, 240_000);
    },
    { isOffline: true },
  );
});
