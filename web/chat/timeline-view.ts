import type { StepName } from '../../lib/rag/types.ts';
import { element, type Child } from '../shell/dom.ts';
import { lackOf, stepWords } from './step-words.ts';
import { inSeconds, placeOf, toTimeline, type Bar, type Timeline } from './timeline.ts';
import type { Turn } from './turn.ts';

/** The steps of an answer as bars, which are a table for those who cannot see them. Undefined while there is no timing. */
export function createTimelineView({ end, cached, cachedAt }: Turn): HTMLElement | undefined {
  if (!end) return undefined;
  const timeline = toTimeline(end.timing, end.degraded);
  const isWide = matchMedia('(min-width: 60rem)').matches;
  return element(
    'details',
    { class: 'timeline', open: isWide },
    element(
      'summary',
      {},
      'How it was made',
      element('span', { class: 'total' }, inSeconds(timeline.totalMs)),
    ),
    element(
      'table',
      {},
      element('caption', { class: 'for-screen-readers' }, 'Steps as they ran'),
      element('thead', {}, element('tr', {}, ...['Step', 'When', 'Took'].map((name) => toHead(name, 'col')))),
      element('tbody', {}, ...timeline.bars.map((bar) => toRow(bar, timeline.scaleMs))),
      timeline.isFaster && createComparison(timeline),
    ),
    element('p', { class: 'sum' }, ...sumInWords(timeline)),
    cached !== false && element('p', { class: 'cached' }, cachedInWords(cached, cachedAt)),
    end.degraded.length > 0 && createLacks(end.degraded),
  );
}

function toHead(name: string, scope: 'col' | 'row'): HTMLElement {
  return element('th', { scope }, name);
}

function toRow(bar: Bar, scaleMs: number): HTMLElement {
  const { step, startMs, endMs, isDegraded } = bar;
  const when = `from ${inSeconds(startMs)} to ${inSeconds(endMs)}`;
  return element(
    'tr',
    { 'data-step': step, class: isDegraded && 'degraded', title: when },
    element(
      'th',
      { scope: 'row' },
      stepWords[step],
      isDegraded && element('span', { class: 'lack' }, ' gone without'),
    ),
    element(
      'td',
      { class: 'when' },
      draw(bar, scaleMs),
      element('span', { class: 'for-screen-readers' }, when),
    ),
    element('td', { class: 'took' }, inSeconds(endMs - startMs)),
  );
}

/** What it took against what it would have: the steps end to end. */
function createComparison({ bars, totalMs, sumMs, scaleMs }: Timeline): HTMLElement {
  const drawn = draw({ startMs: 0, endMs: totalMs }, scaleMs);
  const segments = bars.map(({ startMs, endMs }) => draw({ startMs: 0, endMs: endMs - startMs }, scaleMs));
  const endToEnd = element('div', { class: 'end-to-end' }, ...segments);
  const toSum = (name: string, picture: HTMLElement, ms: number) =>
    element(
      'tr',
      {},
      toHead(name, 'row'),
      element('td', { class: 'when' }, picture),
      element('td', { class: 'took' }, inSeconds(ms)),
    );
  return element(
    'tfoot',
    {},
    toSum('All of it, as it ran', drawn, totalMs),
    toSum('One step after another', endToEnd, sumMs),
  );
}

function draw(span: Pick<Bar, 'startMs' | 'endMs'>, scaleMs: number): HTMLElement {
  const bar = element('div', { class: 'bar', 'aria-hidden': 'true' });
  const { from, width } = placeOf(span, scaleMs);
  bar.style.setProperty('--from', String(from));
  bar.style.setProperty('--width', String(width));
  return bar;
}

function sumInWords({ totalMs, sumMs, isFaster }: Timeline): Child[] {
  const total = element('strong', {}, inSeconds(totalMs));
  if (!isFaster) return ['Took ', total, '.'];
  const sum = element('strong', {}, inSeconds(sumMs));
  return ['Took ', total, '. One after another, the same steps would have taken ', sum, '.'];
}

function cachedInWords(cached: 'exact' | 'similar', cachedAt: string | undefined): string {
  const when = cachedAt === undefined ? 'before' : `on ${inWords(cachedAt)}`;
  const what = cached === 'exact' ? 'This question was' : 'A question that means the same was';
  return (
    `${what} answered ${when}. The documents that the answer rests on are the same as then, ` +
    'so no model had to be asked, and that is why it took so short.'
  );
}

/** A time of the API, as people here write it. */
export function inWords(time: string): string {
  return new Date(time).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

function createLacks(degraded: readonly StepName[]): HTMLElement {
  const lines = degraded.map((step) =>
    element('li', {}, element('strong', {}, `${stepWords[step]}: `), lackOf(step)),
  );
  return element('ul', { class: 'lacks', 'aria-label': 'What the answer had to go without' }, ...lines);
}
