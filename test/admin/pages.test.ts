import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiScope, createApiKey } from '#db/api-keys.ts';
import { buildAdminPages } from '#dev/stack/admin-pages.ts';
import { type Accord, control, startAccord } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { edit, findPeople, untilEverywhere } from '#test/setup/hub.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';
import { pollNow } from '#test/setup/polls.ts';
import { formOrigin } from '#test/setup/provider-settings.ts';
import { type Receiver, startReceiver } from '#test/setup/receiver.ts';
import { findProblems } from './axe.ts';
import { chromiumPath, openBrowser, type Visitor } from './browser.ts';

/** Said once, where no test can run. `.ci/run` installs Chromium. */
if (chromiumPath === undefined)
  console.warn('The tests of the admin pages are skipped: no Chromium is installed (apt-get install chromium).');
const describeWithBrowser = chromiumPath === undefined ? describe.skip : describe;

describeWithBrowser('the admin pages', () => {
  let accord: Accord;
  let receiver: Receiver;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let admin: Visitor;

  async function keyFor(...scopes: ApiScope[]): Promise<string> {
    return (await createApiKey(accord.db, { name: scopes.join('+'), scopes })).key;
  }

  beforeAll(async () => {
    await buildAdminPages();
    [accord, receiver, browser] = await Promise.all([
      startAccord({ providers: ['gohighlevel', 'calltools', 'square', 'google', 'webform'], showsSandboxes: true }),
      startReceiver(),
      openBrowser(),
    ]);
    await pollNow(accord, 'google');
    admin = await browser.visit(accord.api.url, await keyFor('admin'));
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await receiver?.close();
    await accord?.close();
  });
  afterEach(() => {
    expect(admin.takeFaults()).toEqual([]);
  });

  describe('signing in', () => {
    it('says that a key is wrong, and stays at the address that was asked for', async () => {
      const { page, close } = await browser.visit(accord.api.url);
      await page.goto(`${accord.api.url}/admin/deliveries?state=dead`);
      await page.getByLabel('API key').fill(`accord_${'x'.repeat(32)}`);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('This API key is unknown').waitFor();
      await page.getByLabel('API key').fill(await keyFor('admin'));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
      expect(new URL(page.url()).search).toBe('?state=dead');
      await close();
    });

    it('by a link works once, and leaves no token in the address', async () => {
      const headers = { authorization: `Bearer ${await keyFor('admin')}` };
      const made = await fetch(`${accord.api.url}/api/v1/session/links`, { method: 'POST', headers });
      const { data } = (await made.json()) as { data: { url: string } };
      const { page, close } = await browser.visit(accord.api.url);
      await page.goto(data.url);
      await page.getByRole('heading', { name: 'Health' }).waitFor();
      expect(page.url()).toBe(`${accord.api.url}/admin`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in to Accord' }).waitFor();
      await page.goto('about:blank');
      await page.goto(data.url);
      await page.getByRole('heading', { name: 'Sign in to Accord' }).waitFor();
      await close();
    });

    it('again, after the session has ended in the middle of a form, keeps what was typed', async () => {
      const key = await keyFor('admin');
      const { page, close } = await browser.visit(accord.api.url, key);
      await page.goto(`${accord.api.url}/admin/webhooks/new`);
      await page.getByLabel('Description').fill('Half typed');
      await accord.db
        .deleteFrom('admin_session')
        .where('key_id', '=', await keyIdOf(accord, key))
        .execute();
      await page.getByLabel('URL').fill(receiver.url);
      await page.getByRole('button', { name: 'Create endpoint' }).click();
      const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
      await dialog.getByLabel('API key').fill(key);
      await dialog.getByRole('button', { name: 'Sign in' }).click();
      await dialog.waitFor({ state: 'hidden' });
      expect(await page.getByLabel('Description').inputValue()).toBe('Half typed');
      await close();
    });
  });

  it('load at most 250 KB, compressed, before the first page shows', async () => {
    const { page, close } = await browser.visit(accord.api.url, await keyFor('admin'));
    await page.goto(`${accord.api.url}/admin`);
    await page.getByRole('heading', { name: 'Health' }).waitFor();
    const sizes = await page.evaluate<number[]>(
      'performance.getEntriesByType("resource").filter(({ name }) => name.includes("/assets/")).map(({ encodedBodySize }) => encodedBodySize)',
    );
    expect(sizes.length).toBeGreaterThan(3);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(250 * 1_024);
    await close();
  });

  describe('a viewer', () => {
    it('reads everything without personal data, and is offered no action', async () => {
      const { email } = await lead(accord, { givenName: 'Grace', familyName: 'Hopper' });
      const { page, close } = await browser.visit(accord.api.url, await keyFor('viewer'));
      await page.goto(`${accord.api.url}/admin/people?q=${email}`);
      await page.getByRole('link', { name: 'G•••' }).click();
      await page.getByRole('heading', { name: 'Side by side' }).waitFor();
      expect(await page.locator('body').textContent()).not.toMatch(/Grace|Hopper|example\.com/);
      expect(await page.getByRole('button', { name: 'Sync now' }).count()).toBe(0);
      await page.goto(`${accord.api.url}/admin/webhooks`);
      await page.getByRole('heading', { name: 'Webhooks' }).waitFor();
      expect(await page.getByRole('link', { name: 'New endpoint' }).count()).toBe(0);
      expect(await page.getByRole('link', { name: 'Live', exact: true }).count()).toBe(0);
      await close();
    });
  });

  describe('webhooks', () => {
    it('creates an endpoint, shows its secret once, and sends a delivery again that had become a dead letter', async () => {
      const { page } = admin;
      receiver.usually = 500;
      await admin.open('/webhooks/new');
      await page.getByLabel('URL').fill(receiver.url);
      await page.getByLabel('Description').fill('Our app');
      await page.getByRole('button', { name: 'More settings' }).click();
      await page.getByLabel('Retries').fill('0');
      await page.getByRole('button', { name: 'Create endpoint' }).click();
      expect(await page.getByTestId('secret').textContent()).toMatch(/^whsec_/);
      await page.getByRole('link', { name: 'Go to the endpoint' }).click();
      await lead(accord);
      await admin.open('/deliveries?state=dead');
      await page.getByText('dead letter').first().waitFor();
      receiver.usually = 200;
      await page.getByRole('link', { name: 'new_lead' }).first().click();
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('delivered', { exact: true }).waitFor();
      await page.getByText('Attempt 2').waitFor();
    });

    it('sends dead letters again in bulk, after it has said how many', async () => {
      const { page } = admin;
      receiver.usually = 500;
      await lead(accord);
      await admin.open('/deliveries?state=dead');
      await page.getByRole('link', { name: 'new_lead' }).first().waitFor();
      receiver.usually = 200;
      await page.getByRole('button', { name: 'Send all of these again' }).click();
      await page.getByRole('button', { name: /^Send \d+ again$/ }).click();
      await page.getByText('No delivery matches').waitFor();
    });
  });

  describe('people', () => {
    it.each([
      ['markup', '<script>alert(1)</script>', 'Lovelace'],
      ['three hundred characters', 'Ada', 'L'.repeat(290)],
      ['right-to-left text', 'عائشة', 'ابن سينا'],
    ])('with a name of %s are shown as text, and stay inside the page', async (_case, givenName, familyName) => {
      const { page } = admin;
      const { email } = await lead(accord, { givenName, familyName });
      await admin.open(`/people?q=${email}`);
      await page.getByRole('link', { name: `${givenName} ${familyName}` }).click();
      await page.getByRole('heading', { name: `${givenName} ${familyName}` }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    });

    it('have an address of their own, which a reload keeps', async () => {
      const { page } = admin;
      const { email } = await lead(accord, { givenName: 'Mary', familyName: 'Somerville' });
      await admin.open('/people');
      await page.getByLabel('Search').fill(email);
      await page.getByRole('link', { name: 'Mary Somerville' }).click();
      await page.getByRole('heading', { name: 'Side by side' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Mary Somerville' }).waitFor();
      await page.goBack();
      expect(await page.getByLabel('Search').inputValue()).toBe(email);
    });

    it('that were taken for one are split, with a preview of the writes', async () => {
      const { page } = admin;
      const { email } = await lead(accord, { givenName: 'Ada', familyName: 'Byron' });
      await admin.open(`/people?q=${email}`);
      await page.getByRole('link', { name: 'Ada Byron' }).click();
      await page.getByRole('button', { name: 'Split …' }).click();
      const dialog = page.getByRole('dialog', { name: 'Two people in one' });
      await dialog.getByLabel(/^Square/).check();
      await dialog.getByText('is written').waitFor();
      await dialog.getByRole('button', { name: 'Split' }).click();
      await page.getByText('They are two contacts now.').waitFor();
    });

    it('who could not be written are retried together', async () => {
      const { page } = admin;
      const refusal = { errors: [{ category: 'INVALID_REQUEST_ERROR', code: 'BAD_REQUEST', detail: '**No** <b>way</b>' }] };
      await control(accord.sandboxes.square, 'POST', 'faults', { method: 'POST', path: '/v2/**', status: 400, body: refusal });
      const { email } = await lead(accord, { givenName: 'Emmy', familyName: 'Noether' }, { isEverywhere: false });
      await admin.open('/needs-you');
      const cause = page.locator('.pair', { hasText: 'could not be written to Square because' });
      await cause.waitFor();
      await control(accord.sandboxes.square, 'DELETE', 'faults');
      await cause.getByRole('button', { name: /^Retry/ }).click();
      await untilEverywhere(accord, email);
      await cause.waitFor({ state: 'detached' });
    });
  });

  describe('duplicates', () => {
    it('are accepted with a preview of the writes, and taken apart again', async () => {
      const { page } = admin;
      const phone = nextPhone();
      await edit(accord, 'gohighlevel', { givenName: 'Rosa', familyName: 'Morgan', phone });
      await eventually(async () => expect(await findPeople(accord, 'square', phone)).toHaveLength(1));
      await edit(accord, 'square', { givenName: 'Rosa', phone });
      await admin.open('/duplicates');
      await page.getByText('You are asked because').first().waitFor();
      await page.getByRole('button', { name: 'Same person …' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Same person' }).click();
      await page.getByText('Nothing to decide').waitFor();
      await page.getByText('Same person', { exact: true }).click();
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('They are two contacts again').waitFor();
    });
  });

  describe('forms', () => {
    it('show what was typed, and where it went', async () => {
      const { page } = admin;
      const body = { name: 'Nina Hart', email: 'nina.hart@example.com', message: 'Please call me.' };
      const headers = { origin: formOrigin, 'content-type': 'application/json' };
      await fetch(`${accord.api.url}/webforms/contact`, { method: 'POST', headers, body: JSON.stringify(body) });
      await untilEverywhere(accord, body.email);
      await admin.open('/forms');
      await page.getByRole('link', { name: 'Nina Hart' }).click();
      await page.getByRole('heading', { name: 'Nina Hart sent the form contact' }).waitFor();
      await page.getByText('Please call me.').first().waitFor();
      await page.getByText(body.email).first().waitFor();
    });
  });

  describe('live', () => {
    it('shows an edit in one system arriving in the others', async () => {
      const { page } = admin;
      const { email } = await lead(accord, { givenName: 'Hedy', familyName: 'Lamarr' });
      await admin.open(`/live?q=${email}`);
      const square = page.getByRole('region', { name: 'Square' });
      await square.getByRole('button', { name: 'Hedy Lamarr' }).click();
      await page.getByLabel('Given name').fill('Hedwig');
      await page.getByRole('button', { name: 'Save' }).click();
      for (const system of ['GoHighLevel', 'Google']) {
        const card = page.getByRole('region', { name: system }).getByRole('button', { name: 'Hedwig Lamarr' });
        await card.getByText(/^\d+ ms$/).waitFor();
      }
    });
  });

  describe('health', () => {
    it('says everything in one sentence, and each tile opens its list', async () => {
      const { page } = admin;
      await admin.open('/');
      await page.getByText(/^\d+ in step/).waitFor();
      await page.getByRole('link', { name: 'Dead letters' }).click();
      await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
      expect(new URL(page.url()).search).toBe('?state=dead');
    });

    it('keeps what it shows while Accord does not answer, and says so', async () => {
      const { page } = admin;
      await admin.open('/');
      await page.getByText(/^\d+ in step/).waitFor();
      await page.route('**/api/**', (route) => route.abort());
      await page.getByText('What you see may be old').waitFor();
      await page.getByText(/^\d+ in step/).waitFor();
      await page.unroute('**/api/**');
      await page.getByText('What you see may be old').waitFor({ state: 'detached' });
      admin.takeFaults();
    });
  });

  const addresses = ['/', '/needs-you', '/people', '/duplicates', '/forms', '/live', '/webhooks', '/webhooks/new', '/deliveries'];
  describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
    it.each([...addresses, '/go-live', '/connections', '/activity', '/activity?tab=keys'])(
      '%s is accessible',
      async (address) => {
        const { page } = admin;
        await page.emulateMedia({ colorScheme });
        await admin.open(address);
        expect(await findProblems(page)).toEqual([]);
      },
    );

    it.each(addresses)('%s fits a telephone', async (address) => {
      const { page } = admin;
      await page.setViewportSize({ width: 375, height: 800 });
      await admin.open(address);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(375);
      await page.setViewportSize({ width: 1440, height: 900 });
    });
  });
});

/** A new person in GoHighLevel, who is in step with the other members unless they are not waited for. */
async function lead(
  accord: Accord,
  change: object = {},
  { isEverywhere = true } = {},
): Promise<{ email: string; phone: string }> {
  const phone = nextPhone();
  const email = `lead.${phone.slice(-7)}@example.com`;
  await edit(accord, 'gohighlevel', { givenName: 'Ada', familyName: nextFamilyName(), phone, email, ...change });
  if (isEverywhere) await untilEverywhere(accord, email);
  return { email, phone };
}

async function keyIdOf({ db }: Accord, key: string): Promise<string> {
  const { id } = await db.selectFrom('api_key').select('id').where('prefix', '=', key.slice(0, 12)).executeTakeFirstOrThrow();
  return id;
}
