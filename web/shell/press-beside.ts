/**
 * Hears of presses beside something that lies over the page: those that begin and end there. A text that is selected beyond
 * its edge only ends there.
 */
export function onPressBeside(
  place: EventTarget,
  isBeside: (target: EventTarget | null) => boolean,
  press: () => void,
): void {
  let hasBegun = false;
  place.addEventListener('pointerdown', ({ target }) => {
    hasBegun = isBeside(target);
  });
  place.addEventListener('click', ({ target }) => {
    if (hasBegun && isBeside(target)) press();
  });
}
