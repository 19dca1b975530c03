import { beforeAll, describe, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { add, file, openDocuments, row } from './documents-parts.ts';
import { putHandbook } from './handbook.ts';
import { answerText, ask, holdQuestion, isAnswered, newest } from './parts.ts';
import { describeBrowser } from './scene.ts';

function kept(page: Page) {
  return page.getByRole('navigation', { name: 'Conversations' }).getByRole('listitem');
}

/** Opens another conversation, without a question yet. */
async function beginAnew(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New conversation' }).locator('visible=true').click();
}

describeBrowser('a conversation', (scene) => {
  it('without questions says where a collection is empty, and follows what is put in', async () => {
    const page = await scene().visit();
    await page.getByText('There are no documents here yet.').waitFor();
    await page.getByRole('button', { name: 'Put in documents' }).click();
    const panel = page.getByRole('region', { name: 'Documents' });
    await add(page, panel, file('garden.md', 'text/markdown', '# Garden\n\nTulips are planted in October.'));
    await row(panel, 'garden.md').getByText('Ready').waitFor();
    await page.getByRole('list', { name: 'Ask about' }).getByRole('button', { name: 'Garden' }).click();
    const box = page.getByRole('textbox', { name: 'Your question' });
    expect(await box.inputValue()).toBe('About “Garden”: ');
    expect(await box.and(page.locator(':focus')).count()).toBe(1);
    expect(await page.getByRole('button', { name: 'What does Raglan cost' }).count()).toBe(0);
  });

  it("without questions has examples where the project's own documents are", async () => {
    const { api, visit } = scene();
    await api.put('docs/costs.md', '# What it costs\n\nIt costs nothing while it is idle.', 'text/markdown');
    await api.becomes('docs/costs.md', 'ready');
    const page = await visit();
    await page.getByRole('button', { name: 'What does Raglan cost while it is idle?' }).click();
    expect(await page.locator('main:focus').count()).toBe(1);
    await isAnswered(page);
    expect(await answerText(page).innerText()).toContain('nothing while it is idle');
  });

  describe('among others', () => {
    beforeAll(() => putHandbook(scene().api));

    it('is the same in two tabs, and neither loses what the other adds', async () => {
      const first = await scene().visit();
      await ask(first, 'How many days of holiday does everybody have?');
      await isAnswered(first);
      const second = await first.context().newPage();
      await second.goto(first.url());
      await kept(second).getByRole('button').first().click();
      await ask(second, 'How are trains booked?');
      await expect.poll(() => second.getByRole('article').count()).toBe(2);
      await isAnswered(second);
      await expect.poll(() => first.getByRole('article').count()).toBe(2);
      await ask(first, 'What do flights need?');
      await expect.poll(() => first.getByRole('article').count()).toBe(3);
      await isAnswered(first);
      await expect.poll(() => second.getByRole('article').count()).toBe(3);
    });

    it('is left while an answer is made, which is read to its end when it is opened again', async () => {
      const { model, wire, visit } = scene();
      const page = await visit();
      await ask(page, 'What do flights need the consent of?');
      await isAnswered(page);
      await beginAnew(page);
      const paced = model.willSaySlowly('Trains', ' are', ' booked', ' [1].');
      wire.log.clear();
      await ask(page, 'And how are trains booked?');
      paced.release();
      await answerText(page).getByText('Trains').waitFor();
      await kept(page).getByRole('button', { name: 'What do flights' }).first().click();
      await answerText(page).getByText('consent').waitFor();
      paced.release();
      await kept(page).getByRole('button', { name: 'And how are trains' }).first().click();
      await answerText(page).getByText('Trains are').waitFor();
      paced.releaseAll();
      await isAnswered(page);
      expect(await answerText(page).innerText()).toMatch(/^Trains are booked \[1\]\.\s*$/);
      expect(wire.log.of('chat')).toHaveLength(1);
    });

    it('is left before its answer has begun, which is read when it is opened again', async () => {
      const { model, wire, visit } = scene();
      const page = await visit();
      await ask(page, 'What do flights need the consent of?');
      await isAnswered(page);
      const other = kept(page).getByRole('button', { name: 'What do flights' }).first();
      wire.log.clear();
      for (const question of ['Begun away?', 'Begun when it is looked at again?']) {
        await beginAnew(page);
        const paced = model.willSaySlowly('It', ' is', ' so [1].');
        const letGo = await holdQuestion(page);
        await ask(page, question);
        await newest(page).getByText('Searching the documents…').waitFor();
        await other.click();
        await answerText(page).getByText('consent').waitFor();
        const isAway = question === 'Begun away?';
        const left = page.waitForEvent('requestfailed', (request) => request.url().endsWith('/ask'));
        if (isAway) {
          letGo();
          // Its id is known, so it needs nobody who reads on.
          await left;
        } else left.catch(() => undefined);
        await kept(page).getByRole('button', { name: question }).first().click();
        letGo();
        paced.releaseAll();
        await isAnswered(page);
        expect(await answerText(page).innerText()).toMatch(/^It is so \[1\]\.\s*$/);
      }
      expect(wire.log.of('chat')).toHaveLength(2);
    });

    it('is deleted with the keyboard, which stays where it was, and put back', async () => {
      const page = await scene().visit();
      for (const question of ['How are trains booked?', 'Who consents to flights?', 'How many days?']) {
        await ask(page, question);
        await isAnswered(page);
        await beginAnew(page);
      }
      await page.getByRole('button', { name: 'Delete: Who consents to flights?' }).press('Enter');
      await expect.poll(() => kept(page).count()).toBe(2);
      const focused = page.locator(':focus');
      expect(await focused.getAttribute('aria-label')).toBe('Delete: How are trains booked?');
      await page.getByRole('button', { name: 'Undo' }).click();
      await expect.poll(() => kept(page).count()).toBe(3);
    });

    it('takes what is wrong with an answer together with the verdict, by the keyboard', async () => {
      const page = await scene().visit();
      await ask(page, 'How many days of holiday does everybody have?');
      await isAnswered(page);
      const bodies: unknown[] = [];
      page.on('request', (request) => {
        if (request.url().endsWith('/feedback')) bodies.push(request.postDataJSON());
      });
      const wrong = newest(page).getByRole('button', { name: 'The answer is wrong' });
      await wrong.press('Enter');
      const note = newest(page).getByLabel('What is wrong with it?');
      expect(await note.and(page.locator(':focus')).count()).toBe(1);
      await note.fill('It is');
      await note.press('Escape');
      expect([await note.isVisible(), await wrong.and(page.locator(':focus')).count()]).toEqual([false, 1]);
      await wrong.press('Enter');
      expect(await note.inputValue()).toBe('It is');
      await note.fill('It is forty since May.');
      await note.press('Enter');
      await page.getByText('Thank you.').waitFor();
      expect(bodies).toEqual([{ right: false, note: 'It is forty since May.' }]);
      expect(await wrong.getAttribute('aria-pressed')).toBe('true');
      expect(await wrong.and(page.locator(':focus')).count()).toBe(1);
      await wrong.press('Enter');
      expect([await note.isVisible(), bodies.length]).toEqual([false, 1]);
    });

    it('keeps a verdict, and says where it was not taken', async () => {
      const { visit, takeComplaints } = scene();
      const page = await visit();
      await ask(page, 'How many days of holiday does everybody have?');
      await isAnswered(page);
      const right = newest(page).getByRole('button', { name: 'The answer is right' });
      await page.route('**/feedback', (route) => route.abort());
      await right.click();
      await page.getByText('Your verdict was not taken.').waitFor();
      expect([await right.getAttribute('aria-pressed'), await right.isEnabled()]).toEqual(['false', true]);
      await page.unroute('**/feedback');
      await right.click();
      await page.getByText('Thank you.').waitFor();
      await page.reload();
      expect(await right.getAttribute('aria-pressed')).toBe('true');
      for (const complaint of takeComplaints()) expect(complaint).toContain('net::ERR_FAILED');
    });

    it('goes on by itself when the network is back, after the page had given up', async () => {
      const { model, wire, visit, takeComplaints } = scene();
      const page = await visit();
      await page.clock.install();
      const paced = model.willSaySlowly('Everybody', ' has', ' thirty days [1].');
      wire.log.clear();
      await ask(page, 'How many days of holiday does everybody have, after all?');
      paced.release();
      await answerText(page).getByText('Everybody').waitFor();
      await page.context().setOffline(true);
      // The network of a browser is cut for what begins; silence ends what had begun.
      await page.clock.runFor(41_000);
      await expect
        .poll(async () => {
          await page.clock.runFor(9_000);
          return newest(page).getByRole('button', { name: 'Connect again' }).count();
        })
        .toBe(1);
      paced.releaseAll();
      await page.context().setOffline(false);
      await expect
        .poll(async () => {
          await page.clock.runFor(1_000);
          return newest(page).getByRole('button', { name: 'The answer is right' }).count();
        })
        .toBe(1);
      expect(await answerText(page).innerText()).toMatch(/^Everybody has thirty days \[1\]\.\s*$/);
      expect(wire.log.of('chat')).toHaveLength(1);
      for (const complaint of takeComplaints()) expect(complaint).toMatch(/net::ERR_/);
    });

    it('draws its steps where the system chooses the colours, and each script from its own side', async () => {
      const { model, visit } = scene();
      const page = await visit({ forcedColors: 'active' });
      model.willSay('ثلاثون يوما [1].\n\nThirty days [1].');
      await ask(page, 'كم يوما للعطلة؟ holiday');
      await isAnswered(page);
      const [bar, paper] = (await page.evaluate(
        "['.bar', 'body'].map((one) => getComputedStyle(document.querySelector(one)).backgroundColor)",
      )) as string[];
      expect(bar).not.toBe(paper);
      const sides = await page.evaluate(
        "Array.from(document.querySelectorAll('.markdown p'), (one) => getComputedStyle(one).direction)",
      );
      expect(sides).toEqual(['rtl', 'ltr']);
    });
  });

  it('has the documents of its collection beside it, also where that is changed', async () => {
    const { api, visit } = scene();
    await api.put('garden.md', '# Garden\n\nTulips are planted in October.', 'text/markdown');
    const page = await visit();
    await page.route('**/v1/models', (route) =>
      route.fulfill({ json: { data: [{ id: 'raglan' }, { id: 'raglan/hr' }] } }),
    );
    await page.reload();
    const panel = await openDocuments(page);
    await row(panel, 'garden.md').waitFor();
    await page.getByLabel('Collection').selectOption('hr');
    await panel.getByText('There are no documents here yet.').waitFor();
    expect(await row(panel, 'garden.md').count()).toBe(0);
    await page.getByLabel('Collection').selectOption('main');
    await row(panel, 'garden.md').waitFor();
  });

  it('takes no key that was typed and not given, nor one that is none, and asks once', async () => {
    const { visit, takeComplaints } = scene();
    const page = await visit();
    await page.getByRole('list', { name: 'Examples' }).waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.route('**/v1/models', (route) =>
      route.fulfill({ status: 401, json: { error: { code: 'invalid_api_key', message: 'No.' } } }),
    );
    await page.reload();
    const field = page.getByRole('dialog').getByLabel('Key');
    await field.fill('rgl_“typed”');
    await field.press('Enter');
    await field.fill('rgl_typed');
    await field.press('Escape');
    await page.getByText('A key is needed.').waitFor();
    expect(await page.getByRole('dialog').isVisible()).toBe(false);
    expect(await page.evaluate("sessionStorage.getItem('raglan.key')")).toBeNull();
    expect(asked.filter((path) => path === '/v1/models' || path === '/documents')).toEqual(['/v1/models']);
    for (const complaint of takeComplaints()) expect(complaint).toContain('401');
  });
});
