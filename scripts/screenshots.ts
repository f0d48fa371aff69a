import { parseArgs } from 'node:util';
import { readUpFile } from '#dev/stack/up-file.ts';
import { openBrowser, type Visitor } from '#test/admin/browser.ts';

/** Writes docs/images from a stack that runs: `npm start`, then `npm run screenshots`. */
async function main(): Promise<void> {
  const { data } = parseArgs({ options: { data: { type: 'string', default: '.accord' } } }).values;
  const stack = await readUpFile(data);
  if (stack === null) throw new Error(`No stack runs in ${data}: start one with npm start.`);
  const browser = await openBrowser();
  try {
    const options = { viewport: { width: 1440, height: 860 } };
    const visitor = await browser.visit(stack.urls.api, stack.apiKey, options);
    await takeLive(visitor);
    for (const [name, address] of Object.entries(pages)) {
      await visitor.open(address);
      await take(visitor, name);
    }
    await takePerson(visitor);
  } finally {
    await browser.close();
  }
}

const pages = {
  health: '/',
  'needs-you': '/needs-you',
  people: '/people',
  duplicates: '/duplicates',
  'go-live': '/go-live',
  connections: '/connections',
  settings: '/settings',
};

async function take({ page }: Visitor, name: string): Promise<void> {
  await page.mouse.move(0, 0);
  // Letters and numbers of the last request are drawn with the next frame.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  await page.screenshot({ path: `docs/images/${name}.png` });
  console.log(`docs/images/${name}.png`);
}

/** Two edits on their way through the systems: a phone number, and a tag that brings somebody into the dialer. */
async function takeLive(visitor: Visitor): Promise<void> {
  const { page } = visitor;
  await visitor.open('/live');
  const person = (system: string, nth: number) => page.getByRole('region', { name: system }).getByRole('button').nth(nth);
  await person('Square', 1).click();
  await page.getByLabel('Phone').fill(`+1202555${1_000 + (Date.now() % 9_000)}`);
  await page.getByRole('button', { name: 'Save' }).click();
  await person('Google', 1).getByText(/ms$/).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await person('GoHighLevel', 2).click();
  await page.getByLabel('Given name').fill(Date.now() % 2 === 0 ? 'Alexandra' : 'Sandra');
  await page.getByRole('button', { name: 'Save' }).click();
  await person('Square', 2).getByText(/ms$/).waitFor();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await take(visitor, 'live');
}

async function takePerson(visitor: Visitor): Promise<void> {
  await visitor.open('/people?q=hansen');
  await visitor.page.locator('.row-link').first().click();
  await visitor.page.getByRole('heading', { name: 'Side by side' }).waitFor();
  await take(visitor, 'person');
}

await main();
