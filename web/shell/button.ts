import { element, type Properties } from './dom.ts';
import { icon, type IconName } from './icons.ts';

/** A button of a drawing alone; its name is told to screen readers, and shown when a pointer rests on it. */
export function iconButton(
  { name, label, ...properties }: { name: IconName; label: string } & Properties,
  press?: () => void,
): HTMLButtonElement {
  return element(
    'button',
    {
      ...{ type: 'button', class: 'icon', 'aria-label': label, title: label },
      ...properties,
      ...(press && { on: { click: press } }),
    },
    icon(name),
  );
}
