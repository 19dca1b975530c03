import { expect, it } from 'vitest';
import { describeBrowser } from './scene.ts';

describeBrowser('the page', (scene) => {
  it('loads with nothing from elsewhere and nothing against its policy', async () => {
    const page = await scene().visit();
    await page.getByRole('textbox', { name: /question/i }).waitFor();
    expect(await page.title()).toContain('Raglan');
  });

  it.each([
    ['markup from text', "document.body.innerHTML = '<b>text</b>'", 'require-trusted-types-for'],
    [
      'a script in the page',
      "document.body.append(Object.assign(document.createElement('script'), { text: '1' }))",
      'require-trusted-types-for',
    ],
    [
      'a style in the page',
      "document.head.append(Object.assign(document.createElement('style'), { textContent: 'b{}' }))",
      'style-src',
    ],
    [
      'an image from elsewhere',
      "document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.1:9/x.png' }))",
      'img-src',
    ],
    ['a call to elsewhere', "fetch('http://127.0.0.1:9/')", 'connect-src'],
  ])('lets its policy keep out %s, and the tests hear of it', async (_, code, directive) => {
    const page = await scene().visit();
    await page.evaluate(code).catch(() => undefined);
    await expect.poll(() => scene().takeComplaints().join('\n')).toContain(`policy: ${directive}`);
    // What else it said of that comes until it is gone.
    await page.context().close();
    scene().takeComplaints();
  });
});
