import type { Locator, Page } from 'playwright-core';

/** Asks as a person does: types the question and presses Enter. */
export async function ask(page: Page, question: string): Promise<void> {
  const box = page.getByRole('textbox', { name: 'Your question' });
  await box.fill(question);
  await box.press('Enter');
}

/** The newest question with its answer, sources, timeline and buttons. */
export function newest(page: Page): Locator {
  return page.getByRole('article').last();
}

/** The text of the newest answer, without what stands around it. */
export function answerText(page: Page): Locator {
  return newest(page).locator('.markdown');
}

/** Resolves when the newest answer is over and can be judged. */
export async function isAnswered(page: Page): Promise<void> {
  await newest(page).getByRole('button', { name: 'The answer is right' }).waitFor();
}

/** Opens the timeline of the newest answer, where the page has no room to have it open. */
export async function openTimeline(page: Page): Promise<void> {
  const timeline = newest(page).locator('details.timeline');
  if ((await timeline.getAttribute('open')) === null) await timeline.locator('summary').click();
}

/** Holds back the page's next question on its way to the server, until what this returns is called. */
export async function holdQuestion(page: Page): Promise<() => void> {
  const held = Promise.withResolvers<void>();
  await page.route(
    '**/ask',
    async (route) => {
      await held.promise;
      await route.continue();
    },
    { times: 1 },
  );
  return held.resolve;
}
