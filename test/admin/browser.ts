import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where systems have Chromium. Playwright's own builds are not downloaded: `.ci/run` installs the system's package. */
const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The path of a Chromium; undefined where none is installed. */
export const chromiumPath = candidates.find((path) => path !== undefined && existsSync(path));

/** Starts Chromium without a screen. Names resolve on this machine only, so that no page can reach another host. */
export function startBrowser(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error('No Chromium is installed');
  return chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });
}
