import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const debian = '/usr/bin/chromium';

/** The browser to test with: the one that `CHROMIUM` names, or Debian's; undefined where neither is. */
export const chromiumPath = process.env['CHROMIUM'] || (existsSync(debian) ? debian : undefined);

/** Starts it with a profile of its own, which goes with it, and without anything that it would ask the network for. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    // Containers have no namespaces to give, and the only pages here are ours.
    chromiumSandbox: false,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
