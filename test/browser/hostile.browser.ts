import { beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { answerText, ask, isAnswered, newest } from './parts.ts';
import { describeBrowser } from './scene.ts';

/** Says so if any of it runs: the test hears of dialogs, of errors and of requests to elsewhere. */
const attacks = [
  '<script>alert(1)</script>',
  '<img src="http://127.0.0.1:9/x.png" onerror="alert(2)">',
  '<svg onload="alert(3)"><a xlink:href="javascript:alert(4)"><text>x</text></a></svg>',
  '<iframe srcdoc="<script>alert(5)</script>"></iframe>',
  '<form action="http://127.0.0.1:9/"><button id="question">x</button></form>',
  '<style>@import "http://127.0.0.1:9/x.css";</style>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(6)&gt;">',
  '[press](javascript:alert(7))',
  '[press too](data:text/html,<script>alert(8)</script>)',
  '![picture](http://127.0.0.1:9/y.png)',
  '<http://127.0.0.1:9/z>',
  '[1]: javascript:alert(9)',
];

async function expectHarmless(page: Page): Promise<true> {
  for (const tag of [
    'script:not([src])',
    'iframe',
    'form form',
    'main form',
    'main img',
    'main style',
    'svg a',
  ]) {
    expect([tag, await page.locator(`body ${tag}`).count()]).toEqual([tag, 0]);
  }
  const links = await page
    .locator('main a')
    .evaluateAll((all) => all.map((link) => link.getAttribute('href')));
  for (const href of links) expect(href).toMatch(/^(https?|mailto):/);
  const ids = await page.locator('[id]').evaluateAll((all) => all.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  return true;
}

describeBrowser('hostile text', (scene) => {
  beforeAll(async () => {
    const { api } = scene();
    // Code in headings, or their markup would be taken out long before it comes to the page.
    const text = `# Plan \`${attacks[1]}\`\n\n## \`${attacks[0]}\`\n\nSecrets are kept in the \`${attacks[3]}\` safe.`;
    await api.put('<img src=x onerror=alert(1)>.md', text, 'text/markdown');
    await api.becomes('<img src=x onerror=alert(1)>.md', 'ready');
  });

  it.each(attacks)('in an answer runs nothing and calls nobody: %s', async (attack) => {
    const { model, visit } = scene();
    const page = await visit();
    model.willSay('Here it is [1]: ', attack, ' and on.\n\n', attack);
    await ask(page, `Where are secrets kept? ${attacks.indexOf(attack)}`);
    await isAnswered(page);
    expect(await answerText(page).innerText()).toContain('Here it is');
    expect(await expectHarmless(page)).toBe(true);
  });

  it('in an answer that is still written is as harmless', async () => {
    const { model, visit } = scene();
    const page = await visit();
    const letters = Array.from(`So: ${attacks.slice(0, 4).join(' ')} over`);
    const paced = model.willSaySlowly(...letters);
    await ask(page, 'Where are the secrets?');
    paced.releaseAll();
    await isAnswered(page);
    expect(await expectHarmless(page)).toBe(true);
  });

  it('in links shows where they lead, and they learn nothing of the page', async () => {
    const { model, visit } = scene();
    const page = await visit();
    model.willSay('See [the bank](https://evil.example/login) and [1].');
    await ask(page, 'Where are secrets kept by the bank?');
    await isAnswered(page);
    const link = answerText(page).getByRole('link');
    expect(await link.innerText()).toBe('the bank (evil.example)');
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
  });

  it('in names, titles and headings of documents is shown as text', async () => {
    const page = await scene().visit();
    await ask(page, 'Secrets are kept where?');
    await isAnswered(page);
    await newest(page).getByText('Plan <img src="http').first().waitFor();
    await answerText(page)
      .getByRole('button', { name: /^Source 1/ })
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('<script>alert(1)</script>, line').waitFor();
    await dialog.getByText('Secrets are kept in the').waitFor();
    expect(await expectHarmless(page)).toBe(true);
  });

  it('in a question, and in the history that is kept, is text', async () => {
    const page = await scene().visit();
    const question = `Where are secrets kept? ${attacks.slice(0, 3).join(' ')}`;
    await ask(page, question);
    await page.getByRole('heading', { name: question }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: question }).waitFor();
    expect(await expectHarmless(page)).toBe(true);
  });
});
