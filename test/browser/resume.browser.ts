import { afterAll, beforeAll, expect, it } from 'vitest';
import { startCuttingProxy, type CuttingProxy } from './cutting-proxy.ts';
import { putHandbook } from './handbook.ts';
import { answerText, ask, isAnswered, newest } from './parts.ts';
import { describeBrowser } from './scene.ts';

describeBrowser('an answer whose connection is lost', (scene) => {
  let proxy: CuttingProxy;

  beforeAll(async () => {
    await putHandbook(scene().api);
    proxy = await startCuttingProxy(scene().cloud.url);
  });

  afterAll(() => proxy.close());

  const texts = ['Everybody', ' has', ' thirty', ' days', ' of', ' holiday', ' [1].'];

  it('goes on where it was, with nothing lost and nothing twice', async () => {
    const { model, wire, visit, takeComplaints } = scene();
    const page = await visit({ at: proxy.url });
    const paced = model.willSaySlowly(...texts);
    wire.log.clear();
    await ask(page, 'How many days of holiday does everybody have?');
    paced.release();
    paced.release();
    await answerText(page).getByText('Everybody has').waitFor();
    const reopened = page.waitForRequest(/\/answers\/\w+\/events$/);
    proxy.cut();
    await newest(page).getByText('The connection is lost. Connecting again…').waitFor();
    expect(Number((await reopened).headers()['last-event-id'])).toBeGreaterThan(1);
    paced.releaseAll();
    await isAnswered(page);
    expect(await answerText(page).innerText()).toMatch(/^Everybody has thirty days of holiday \[1\]\.\s*$/);
    expect(wire.log.of('chat')).toHaveLength(1);
    expect(await newest(page).getByText('The connection is lost').isVisible()).toBe(false);
    for (const complaint of takeComplaints()) expect(complaint).toMatch(/net::ERR_|network error/i);
  });

  it('goes on after the page was loaded anew, too', async () => {
    const { model, wire, visit } = scene();
    const page = await visit({ at: proxy.url });
    const paced = model.willSaySlowly(...texts);
    wire.log.clear();
    await ask(page, 'And how many days of holiday does everybody have in a year?');
    paced.release();
    await answerText(page).getByText('Everybody').waitFor();
    await page.reload();
    await answerText(page).getByText('Everybody').waitFor();
    paced.releaseAll();
    await isAnswered(page);
    expect(await answerText(page).innerText()).toMatch(/^Everybody has thirty days of holiday \[1\]\.\s*$/);
    expect(wire.log.of('chat')).toHaveLength(1);
  });
});
