import { beforeAll, expect, it } from 'vitest';
import { putHandbook } from './handbook.ts';
import { answerText, ask, holdQuestion, isAnswered, newest } from './parts.ts';
import { describeBrowser } from './scene.ts';

describeBrowser('an answer', (scene) => {
  beforeAll(() => putHandbook(scene().api));

  it('appears token by token, as the model says them, rendered', async () => {
    const { model, visit } = scene();
    const page = await visit();
    const texts = ['Everybody', ' has', ' **thirty', ' days**', ' of', ' holiday', ' [1].'];
    const paced = model.willSaySlowly(...texts);
    await ask(page, 'How many days of holiday does everybody have?');
    const seen: string[] = [];
    for (const text of texts.slice(0, -1)) {
      paced.release();
      const word = text.replaceAll('*', '').trim();
      await answerText(page).getByText(word).first().waitFor();
      seen.push((await answerText(page).innerText()).trim());
    }
    expect(seen.map((shown) => shown.replaceAll('*', ''))).toEqual([
      'Everybody',
      'Everybody has',
      'Everybody has thirty',
      'Everybody has thirty days',
      'Everybody has thirty days of',
      'Everybody has thirty days of holiday',
    ]);
    await answerText(page).locator('strong', { hasText: 'thirty days' }).waitFor();
    paced.releaseAll();
    await isAnswered(page);
    await answerText(page).getByRole('button', { name: 'Source 1: Handbook' }).waitFor();
  });

  it('opens a citation in its document, with the sentence marked, and gives the focus back', async () => {
    const { visit } = scene();
    const page = await visit();
    await ask(page, 'What do flights need the consent of?');
    const citation = answerText(page).getByRole('button', { name: 'Source 1: Handbook' });
    await citation.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Handbook' });
    await dialog.getByText('Travel, line 9 · handbook.md').waitFor();
    await dialog.getByText('Passage 2 of 2').waitFor();
    expect(await dialog.locator('mark').innerText()).toBe('Flights need the consent of the management.');
    await dialog.getByRole('button', { name: 'Previous' }).click();
    await dialog.getByText('Holidays, line 5 · handbook.md').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    expect(await citation.and(page.locator(':focus')).count()).toBe(1);
  });

  it('keeps its passage open while that is selected beyond its edge, and not when somebody presses beside it', async () => {
    const page = await scene().visit();
    await ask(page, 'What do flights need the consent of?');
    await answerText(page).getByRole('button', { name: 'Source 1: Handbook' }).click();
    const dialog = page.getByRole('dialog', { name: 'Handbook' });
    const text = dialog.locator('.passage-text');
    const { x = 0, y = 0 } = (await text.boundingBox()) ?? {};
    await page.mouse.move(x + 100, y + 10);
    await page.mouse.down();
    await page.mouse.move(5, 5);
    await page.mouse.up();
    expect(await page.evaluate('String(getSelection())')).not.toBe('');
    expect(await dialog.isVisible()).toBe(true);
    await page.mouse.click(5, 5);
    await dialog.waitFor({ state: 'hidden' });
  });

  it('says so where the document has changed since', async () => {
    const { visit, api } = scene();
    await api.put('canteen.md', '# Canteen\n\nLunch costs four euros.', 'text/markdown');
    await api.becomes('canteen.md', 'ready');
    const page = await visit();
    await ask(page, 'What does lunch cost?');
    await isAnswered(page);
    await api.put('canteen.md', '# Canteen\n\nSupper is served until nine.', 'text/markdown');
    await expect.poll(async () => (await api.get('canteen.md')).state).toBe('ready');
    await answerText(page).getByRole('button', { name: 'Source 1: Canteen' }).click();
    const dialog = page.getByRole('dialog', { name: 'Canteen' });
    await dialog.getByText('The document has changed since this answer.').waitFor();
    await dialog.getByText('Lunch costs four euros.').waitFor();
  });

  it('stops for good: the model is called off, and what was written stays', async () => {
    const { model, wire, visit } = scene();
    const page = await visit();
    const paced = model.willSaySlowly('Trains are', ' booked in', ' second class [1].');
    wire.log.clear();
    await ask(page, 'How are trains booked?');
    paced.release();
    await answerText(page).getByText('Trains are').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await newest(page).getByText('Stopped.').waitFor();
    await wire.log.until((calls) =>
      calls.some(({ name, outcome }) => name === 'chat' && outcome === 'dropped'),
    );
    expect((await answerText(page).innerText()).trim()).toBe('Trains are');
    await page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
  });

  it('stops at once where nothing is written yet, and for good as soon as it can be', async () => {
    const { model, wire, visit } = scene();
    const page = await visit();
    const stops: string[] = [];
    page.on('request', (request) => request.url().endsWith('/stop') && stops.push(request.url()));
    const paced = model.willSaySlowly('Everybody', ' has', ' thirty days [1].');
    wire.log.clear();
    const letGo = await holdQuestion(page);
    await ask(page, 'For how long is everybody on holiday?');
    await page.getByRole('button', { name: 'Stop' }).click();
    await newest(page).getByText('Stopped before anything was written.').waitFor();
    await page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
    expect(stops).toEqual([]);
    letGo();
    await wire.log.until((calls) =>
      calls.some(({ name, outcome }) => name === 'chat' && outcome === 'dropped'),
    );
    await expect.poll(() => stops.length).toBe(1);
    paced.releaseAll();
    await newest(page).getByRole('button', { name: 'Ask again' }).click();
    await isAnswered(page);
    expect(await page.getByRole('article').count()).toBe(1);
  });

  it('says that it stops while the server is asked', async () => {
    const { model, visit } = scene();
    const page = await visit();
    const paced = model.willSaySlowly('Trains are', ' booked', ' in second class [1].');
    const asked = Promise.withResolvers<void>();
    await page.route('**/stop', async (route) => {
      await asked.promise;
      await route.continue();
    });
    await ask(page, 'How are trains booked, please?');
    paced.release();
    await answerText(page).getByText('Trains are').waitFor();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await newest(page).getByText('Stopping…').waitFor();
    const button = page.getByRole('button', { name: 'Stopping…' });
    expect(await button.isEnabled()).toBe(false);
    asked.resolve();
    await newest(page).getByText('Stopped. What is here').waitFor();
    await page.getByRole('button', { name: 'Ask', exact: true }).waitFor();
    paced.releaseAll();
  });

  it('shows its steps as they ran, and why it was short where it was kept', async () => {
    const { visit } = scene();
    const page = await visit();
    await ask(page, 'How many days of holiday are there a year?');
    await isAnswered(page);
    const steps = newest(page).getByRole('table', { name: 'Steps as they ran' });
    expect(await steps.getByRole('row').count()).toBeGreaterThan(5);
    await newest(page).getByText('One after another, the same steps would have taken').waitFor();
    await page.getByRole('button', { name: 'New conversation' }).first().click();
    await ask(page, 'How many days of holiday are there a year?');
    await isAnswered(page);
    await newest(page).getByText('From the cache').waitFor();
    await newest(page).getByText('no model had to be asked').waitFor();
  });

  it('that fails says what happened and what to do, and is asked again', async () => {
    const { model, visit, takeComplaints } = scene();
    const page = await visit();
    model.willRefuse();
    await ask(page, 'Is holiday taken at any time?');
    const again = newest(page).getByRole('button', { name: 'Ask again' });
    await again.waitFor();
    expect(await newest(page).innerText()).toMatch(/model.*\n?.*Request [0-9a-f-]+/is);
    await again.click();
    await isAnswered(page);
    expect(await answerText(page).innerText()).toContain('taken at any time');
    for (const complaint of takeComplaints()) expect(complaint).toMatch(/status of 50\d/);
  });

  it('is kept with its conversation in the browser, which a further question goes on from', async () => {
    const { wire, visit } = scene();
    const page = await visit();
    await ask(page, 'In which class are trains booked?');
    await isAnswered(page);
    await page.reload();
    await isAnswered(page);
    wire.log.clear();
    await ask(page, 'And what do flights need?');
    await expect.poll(() => page.getByRole('article').count()).toBe(2);
    await isAnswered(page);
    const asked = JSON.stringify(wire.log.of('chat').map(({ body }) => body));
    expect(asked).toContain('In which class are trains booked?');
    expect(asked).toContain('second class');
  });

  it('is copied with its sources', async () => {
    const page = await scene().visit({ permissions: ['clipboard-read', 'clipboard-write'] });
    await ask(page, 'Who gives consent to flights? The management?');
    await newest(page).getByRole('button', { name: 'Copy with sources' }).click();
    await page.getByText('Copied').first().waitFor();
    const copied = await page.evaluate('navigator.clipboard.readText()');
    expect(copied).toContain('Flights need the consent of the management. [1]');
    expect(copied).toMatch(/\[?1\]?:? .*Handbook/);
  });
});
