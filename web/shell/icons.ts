/** Drawings on a field of 24 by 24, as lines. */
const drawings = {
  send: 'M12 19V5m-6 6 6-6 6 6',
  stop: 'M7 7h10v10H7z',
  menu: 'M4 7h16M4 12h16M4 17h16',
  add: 'M12 5v14M5 12h14',
  documents: 'M7 3h7l5 5v13H7zM14 3v5h5M10 13h6m-6 4h6',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2m0 16v2M4 4l2 2m12 12 2 2M2 12h2m16 0h2M4 20l2-2M18 6l2-2',
  moon: 'M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  retry: 'M20 11a8 8 0 1 0-2 6m2-11v5h-5',
  close: 'M6 6l12 12M18 6 6 18',
  right: 'M7 11v9H4v-9zm0 0 4-8a2.5 2.5 0 0 1 2.5 2.5V9h5a2 2 0 0 1 2 2.3l-1.2 7a2 2 0 0 1-2 1.7H7',
  wrong: 'M17 13V4h3v9zm0 0-4 8a2.5 2.5 0 0 1-2.5-2.5V15h-5a2 2 0 0 1-2-2.3l1.2-7a2 2 0 0 1 2-1.7H17',
  remove: 'M5 7h14M10 7V4h4v3m-8 0 1 13h10l1-13',
  previous: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  key: 'M8 11a4 4 0 1 0 0 8 4 4 0 0 0 0-8zm3 1 8-8m-3 3 3 3',
} as const;

/** The name of a drawing. */
export type IconName = keyof typeof drawings;

/** A drawing in the colour of the text. It says nothing to screen readers; what it stands in needs a name. */
export function icon(name: IconName): SVGElement {
  const namespace = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(namespace, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', 'drawing');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(namespace, 'path');
  path.setAttribute('d', drawings[name]);
  svg.append(path);
  return svg;
}
