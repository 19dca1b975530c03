import { beforeAll, expect, it } from 'vitest';
import { add, file, openDocuments, row } from './documents-parts.ts';
import { putHandbook } from './handbook.ts';
import { answerText, ask, isAnswered } from './parts.ts';
import { describeBrowser } from './scene.ts';

describeBrowser(
  'the page on another origin than the API',
  (scene) => {
    beforeAll(() => putHandbook(scene().api));

    it('asks, reads passages and stops over CORS', async () => {
      const { cloud, model, wire, visit } = scene();
      const page = await visit();
      expect(new URL(page.url()).origin).not.toBe(cloud.url);
      await ask(page, 'How many days of holiday does everybody have?');
      await isAnswered(page);
      expect(await answerText(page).innerText()).toContain('thirty days of holiday');
      await answerText(page).getByRole('button', { name: 'Source 1: Handbook' }).click();
      await page.getByRole('dialog').locator('mark').waitFor();
      await page.keyboard.press('Escape');
      const paced = model.willSaySlowly('Trains are', ' booked.');
      await ask(page, 'How are trains booked?');
      paced.release();
      await answerText(page).getByText('Trains are').waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await wire.log.until((calls) =>
        calls.some(({ name, outcome }) => name === 'chat' && outcome === 'dropped'),
      );
    });

    it('puts documents in, to the API and straight to the bucket', async () => {
      const page = await scene().visit();
      const panel = await openDocuments(page);
      const small = file('small.md', 'text/markdown', '# Small\n\nA small document.');
      const large = file('large.txt', 'text/plain', `A large document.${'\n'.repeat(4_200_000)}`);
      await add(page, panel, small, large);
      for (const { name } of [small, large]) await row(panel, name).getByText('Ready').waitFor();
      expect(await scene().api.get('large.txt')).toMatchObject({ state: 'ready' });
    });
  },
  { isElsewhere: true },
);
