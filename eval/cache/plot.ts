import type { Rates } from './outcomes.ts';

/** A line through its points, or points alone. */
export interface Series {
  name: string;
  /** Which of the colours. */
  colour: number;
  isLine: boolean;
  points: readonly Rates[];
}

/** One plot: hits over false hits. */
export interface Panel {
  title: string;
  series: readonly Series[];
}

const panel = { width: 420, height: 300, left: 56, top: 40, gap: 40 };
const mostWrong = 0.06;
const wrongTicks = [0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06];
const hitTicks = [0, 0.25, 0.5, 0.75, 1];
const legendRow = 20;

/** Panels beside each other as an SVG that can be read on a light and on a dark page. */
export function plot(panels: readonly Panel[]): string {
  const names = Array.from(new Map(panels.flatMap(({ series }) => series).map((one) => [one.name, one])));
  const width = panels.length * (panel.left + panel.width + panel.gap);
  const legendTop = panel.top + panel.height + 64;
  const height = legendTop + legendRow * names.length;
  const drawn = panels.map((one, index) => drawPanel(one, index * (panel.left + panel.width + panel.gap)));
  const legend = names.map(([name, series], row) => {
    const y = legendTop + row * legendRow;
    const mark = series.isLine
      ? `<path class="c${series.colour}" d="M${panel.left} ${y}h24"/>`
      : `<circle class="p${series.colour}" cx="${panel.left + 12}" cy="${y}" r="4"/>`;
    return `${mark}<text x="${panel.left + 34}" y="${y + 4}">${name}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>Hit rate over rate of false hits</title>',
    `<style>${style}</style>`,
    ...drawn,
    ...legend,
    '</svg>',
    '',
  ].join('\n');
}

const style = `
text { font: 12px system-ui, sans-serif; fill: #333; }
.axis { stroke: #999; stroke-width: 1; } .grid { stroke: #9994; stroke-width: 1; }
path { fill: none; stroke-width: 2; }
.c0 { stroke: #777; } .c1 { stroke: #b8860b; } .p2 { fill: #0969da; } .p3 { fill: #1a7f37; } .p4 { fill: #a040c0; }
@media (prefers-color-scheme: dark) {
text { fill: #ddd; } .c0 { stroke: #aaa; } .c1 { stroke: #e3b341; } .p2 { fill: #58a6ff; } .p3 { fill: #3fb950; }
.p4 { fill: #d2a8ff; }
}`;

function drawPanel({ title, series }: Panel, offset: number): string {
  const left = offset + panel.left;
  const bottom = panel.top + panel.height;
  const x = (wrong: number) => round(left + (Math.min(wrong, mostWrong) / mostWrong) * panel.width);
  const y = (hits: number) => round(bottom - hits * panel.height);
  const grid = [
    ...wrongTicks.map(
      (tick) =>
        `<path class="grid" d="M${x(tick)} ${panel.top}V${bottom}"/><text x="${x(tick)}" y="${bottom + 18}" text-anchor="middle">${percent(tick)}</text>`,
    ),
    ...hitTicks.map(
      (tick) =>
        `<path class="grid" d="M${left} ${y(tick)}h${panel.width}"/><text x="${left - 8}" y="${y(tick) + 4}" text-anchor="end">${percent(tick)}</text>`,
    ),
  ];
  const drawn = series.map(({ colour, isLine, points }) => {
    const shown = points.filter(({ wrong }) => wrong <= mostWrong);
    return isLine
      ? `<path class="c${colour}" d="M${shown.map(({ wrong, hits }) => `${x(wrong)} ${y(hits)}`).join('L')}"/>`
      : shown
          .map(({ wrong, hits }) => `<circle class="p${colour}" cx="${x(wrong)}" cy="${y(hits)}" r="4"/>`)
          .join('');
  });
  return [
    `<text x="${left}" y="${panel.top - 16}" font-weight="bold">${title}: hits over false hits, shares of all questions</text>`,
    ...grid,
    `<path class="axis" d="M${left} ${panel.top}V${bottom}h${panel.width}"/>`,
    ...drawn,
  ].join('\n');
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
