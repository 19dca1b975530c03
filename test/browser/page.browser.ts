import { expect, it } from 'vitest';
import { describeBrowser } from './scene.ts';

describeBrowser('the page', (scene) => {
  it('loads with nothing from elsewhere and nothing against its policy', async () => {
    const page = await scene().visit();
    await page.getByRole('textbox', { name: /question/i }).waitFor();
    expect(await page.title()).toContain('Raglan');
  });
});
