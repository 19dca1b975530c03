import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { putHandbook } from './handbook.ts';
import { answerText, ask, isAnswered, newest, openTimeline } from './parts.ts';
import { describeBrowser } from './scene.ts';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** Where pictures are put; none are taken without it. */
const folder = process.env['SCREENSHOTS'];

/** What is found where nothing is wrong. */
const sound = JSON.stringify({ violations: [], isTooWide: false });

/** Each rule that the page breaks, with the elements that break it. */
async function violations(page: Page): Promise<string[]> {
  const { violations } = (await page.evaluate(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  )) as AxeResults;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

/** Whether the page can be moved sideways, which nobody with a narrow one wants to. */
function isTooWide(page: Page): Promise<unknown> {
  return page.evaluate('document.documentElement.scrollWidth > innerWidth');
}

describeBrowser('the page', (scene) => {
  beforeAll(async () => {
    const { api } = scene();
    await putHandbook(api);
    await api.put('broken.pdf', 'This is no PDF.', 'application/pdf');
    await api.becomes('broken.pdf', 'failed');
    if (folder) await mkdir(folder, { recursive: true });
  });

  describe.each(['light', 'dark'] as const)('in its %s theme', (colorScheme) => {
    it.each([320, 1000, 1440])('keeps to the rules of accessibility, %i pixels wide', async (width) => {
      const { model, visit, takeComplaints } = scene();
      const page = await visit({ colorScheme, viewport: { width, height: 900 } });
      await page.context().addInitScript({ path: axe });
      await page.reload();
      const found: Record<string, unknown> = {};
      const look = async (name: string) => {
        found[name] = { violations: await violations(page), isTooWide: await isTooWide(page) };
        if (folder) await page.screenshot({ path: join(folder, `${name}-${colorScheme}-${width}.png`) });
      };

      await page.getByRole('list', { name: 'Ask about' }).getByRole('button', { name: 'Handbook' }).waitFor();
      await look('empty');

      model.willRefuse();
      await ask(page, 'Is anybody there?');
      await page.getByRole('button', { name: 'Ask again' }).waitFor();
      await look('problem');
      for (const complaint of takeComplaints()) expect(complaint).toMatch(/status of 50\d/);

      await page.getByRole('button', { name: 'New conversation' }).locator('visible=true').click();
      const paced = model.willSaySlowly('There are **thirty**', ' days of holiday a year [1].', ' So it is.');
      await ask(page, `How many days of holiday are there for somebody ${width} ${colorScheme}?`);
      paced.release();
      await answerText(page).getByText('thirty').waitFor();
      await look('writing');

      paced.releaseAll();
      await isAnswered(page);
      await openTimeline(page);
      await look('answer');

      await newest(page).getByRole('button', { name: 'The answer is wrong' }).click();
      await newest(page).getByLabel('What is wrong with it?').waitFor();
      await look('verdict');
      await page.keyboard.press('Escape');

      await answerText(page).getByRole('button', { name: 'Source 1: Handbook' }).click();
      await page.getByRole('dialog').locator('mark').waitFor();
      await look('passage');

      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Documents', exact: true }).click();
      await page.getByText('broken.pdf').first().waitFor();
      await look('documents');

      const wrong = Object.entries(found).filter(([, one]) => JSON.stringify(one) !== sound);
      expect(wrong).toEqual([]);
    });
  });
});
