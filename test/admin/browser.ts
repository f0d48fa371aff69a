import { existsSync } from 'node:fs';
import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

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

/** Somebody with a browser window of their own. */
export interface Visitor {
  page: Page;
  /**
   * Goes to an address below `/admin`, and waits until its first requests are answered. From another of the pages it goes as a link
   * does, without loading the document, which takes a second.
   */
  open(address: string): Promise<void>;
  /** Errors that the pages have thrown or that the browser reported, such as a refused style; empties the list. */
  takeFaults(): string[];
  close(): Promise<void>;
}

/** Starts Chromium without a screen. Names resolve on this machine only, so that no page can reach another host. */
export async function openBrowser() {
  if (chromiumPath === undefined) throw new Error('No Chromium is installed');
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'],
  });

  /** A new window. With an API key it is signed in. */
  async function visit(api: string, key?: string, options: BrowserContextOptions = {}): Promise<Visitor> {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce', ...options });
    context.setDefaultTimeout(20_000);
    const page = await context.newPage();
    const faults = watchFaults(page);
    if (key !== undefined) {
      const headers = { 'X-Accord-Admin': '1' };
      await context.request.post(`${api}/api/v1/session`, { headers, data: { key } });
    }
    return {
      page,
      async open(address) {
        const url = new URL(`${api}/admin${address}`);
        if (isOtherPage(page.url(), url)) await follow(page, url);
        else await page.goto(url.href);
        await page.locator('h1').waitFor();
        await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
      },
      takeFaults: () => faults.splice(0),
      close: () => context.close(),
    };
  }

  return { visit, close: () => browser.close() };
}

/** Whether both are addresses of the admin pages, and of different ones: one page may keep its heading from one row to the next. */
function isOtherPage(from: string, to: URL): boolean {
  const here = URL.canParse(from) ? new URL(from) : null;
  if (here?.origin !== to.origin) return false;
  const [, app, page] = here.pathname.split('/');
  return app === 'admin' && page !== to.pathname.split('/')[2];
}

/** Goes on by the router, which follows the history. The page before stays until the next one can be drawn: its heading goes with it. */
async function follow(page: Page, { pathname, search }: URL): Promise<void> {
  const heading = await page.locator('h1').elementHandle();
  await page.evaluate(`history.pushState({}, '', ${JSON.stringify(pathname + search)})`);
  await page.waitForFunction((before) => !(before as unknown as { isConnected: boolean }).isConnected, heading);
}

function watchFaults(page: Page): string[] {
  const faults: string[] = [];
  page.on('pageerror', ({ message }) => faults.push(message));
  page.on('console', (message) => {
    // The browser reports each answer that is no success; the pages show them.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) faults.push(message.text());
  });
  return faults;
}
