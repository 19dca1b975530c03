import { beforeAll, expect, it } from 'vitest';
import { createKeys } from '../../lib/app.ts';
import { createKey } from '../../lib/rag/access/create-key.ts';
import { answerText, ask, isAnswered } from './parts.ts';
import { describeBrowser } from './scene.ts';

describeBrowser(
  'a server that wants a key',
  (scene) => {
    let key: string;

    beforeAll(async () => {
      const { cloud } = scene();
      const keys = createKeys(cloud.environment.CONTROL_TABLE);
      const signal = AbortSignal.timeout(10_000);
      const wish = { tenant: 'default', name: 'the page', scopes: ['ask', 'write'] as const };
      key = (await createKey(keys, wish, { signal })).text;
    });

    it('is given one, which is kept for the session and nowhere else', async () => {
      const { visit, takeComplaints } = scene();
      const page = await visit();
      const dialog = page.getByRole('dialog', { name: 'This server wants a key' });
      await dialog.getByLabel('Key').fill(key);
      await dialog.getByRole('button', { name: 'Use this key' }).click();
      await dialog.waitFor({ state: 'hidden' });
      await ask(page, 'Is anything here?');
      await isAnswered(page);
      expect(await answerText(page).innerText()).not.toBe('');
      const kept = await page.evaluate(
        '[JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie]',
      );
      expect(kept).toEqual([expect.not.stringContaining(key), expect.stringContaining(key), '']);
      for (const complaint of takeComplaints()) expect(complaint).toContain('401');
    });

    it('is given none by Esc, whatever was typed, asks again with the next question, and says what did not hold', async () => {
      const { visit, takeComplaints } = scene();
      const page = await visit();
      const dialog = page.getByRole('dialog', { name: 'This server wants a key' });
      const field = dialog.getByLabel('Key');
      await field.fill(key);
      await field.press('Escape');
      await dialog.waitFor({ state: 'hidden' });
      await page.getByText('A key is needed.').waitFor();
      const kept = () => page.evaluate("sessionStorage.getItem('raglan.key')");
      expect(await kept()).toBeNull();
      await ask(page, 'Is anything here at all?');
      await dialog.getByText('Ask whoever runs Raglan for one.').waitFor();
      expect(await field.inputValue()).toBe('');
      await field.fill(`${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`);
      await field.press('Enter');
      await dialog.getByText('The key was not accepted').waitFor();
      await field.fill(` ${key} `);
      await field.press('Enter');
      await isAnswered(page);
      expect(await kept()).toBe(key);
      for (const complaint of takeComplaints()) expect(complaint).toContain('401');
    });
  },
  { environment: { AUTH: 'keys' } },
);
