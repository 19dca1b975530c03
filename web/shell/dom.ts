/** What goes into an element; undefined and false are left out, so that a part can depend on a condition. */
export type Child = Node | string | undefined | false;

/** Attributes by their HTML names, listeners by their event's. `true` is an attribute without a value. */
export interface Properties {
  on?: { [Type in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Type]) => void };
  [attribute: string]: string | number | boolean | undefined | object;
}

/** Creates an element with attributes, listeners and children. Text stays text: nothing is ever read as markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { on = {}, ...attributes }: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    // Only listeners are objects, and those are taken out above.
    if (value === undefined || value === false || typeof value === 'object') continue;
    node.setAttribute(name, value === true ? '' : String(value));
  }
  for (const [type, listener] of Object.entries(on)) node.addEventListener(type, listener as EventListener);
  node.append(...present(children));
  return node;
}

/** Puts these children in the place of those that are there. */
export function replaceChildren(parent: Element, ...children: readonly Child[]): void {
  parent.replaceChildren(...present(children));
}

/** The element of `index.html` with this id. Throws if it is not there, or of another kind. */
export function byId<Kind extends HTMLElement>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new Error(`index.html has no ${kind.name} with the id ${id}.`);
}

function present(children: readonly Child[]): (Node | string)[] {
  return children.filter((child) => child !== undefined && child !== false);
}
