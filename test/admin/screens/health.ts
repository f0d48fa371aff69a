import { describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import type { Page } from 'playwright-core';
import { freePort } from '#free-port.ts';
import { lead, type Stage } from '#test/admin/stage.ts';
import { eventually } from '#test/setup/eventually.ts';

export function health(stage: Stage): void {
  describe('health', () => {
    it('says everything in one sentence, and each tile opens its list', async () => {
      const { page } = stage.admin;
      await stage.admin.open('/');
      await page.getByText(/^\d+ in step/).waitFor();
      await page.getByRole('link', { name: 'Dead letters' }).click();
      await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
      expect(new URL(page.url()).search).toBe('?state=dead');
    });

    it('keeps what it shows while Accord does not answer, and says so', async () => {
      const { page, open, close } = await stage.browser.visit(stage.accord.api.url, await stage.keyFor('admin'));
      await page.clock.install();
      await open('/');
      await page.getByText(/^\d+ in step/).waitFor();
      await page.route('**/api/**', (route) => route.abort());
      await untilStale(page);
      await page.getByText(/^\d+ in step/).waitFor();
      await page.unroute('**/api/**');
      await untilFresh(page);
      await close();
    });

    it('goes on by itself after the api was restarted', async () => {
      const port = await freePort();
      const before = await stage.accord.startAnotherApi({ port });
      const { page, open, close } = await stage.browser.visit(before.url, await stage.keyFor('admin'));
      await page.clock.install();
      await open('/');
      await page.getByText(/^\d+ in step/).waitFor();
      await before.close();
      await untilStale(page);
      const after = await stage.accord.startAnotherApi({ port });
      await untilFresh(page);
      await page.getByText(/^\d+ in step/).waitFor();
      await close();
      await after.close();
    });

    it('says that Temporal is down, and shows the people all the same', async () => {
      const connection = Connection.lazy({ address: `127.0.0.1:${await freePort()}` });
      const api = await stage.accord.startAnotherApi({ temporal: new Client({ connection }) });
      const { email } = await lead(stage.accord, { givenName: 'Annie', familyName: 'Easley' });
      const { page, open, close } = await stage.browser.visit(api.url, await stage.keyFor('admin'));
      await open('/');
      await page.getByText('Temporal does not answer').waitFor();
      await open(`/people?q=${email}`);
      await page.getByRole('link', { name: 'Annie Easley' }).click();
      await page.getByRole('heading', { name: 'Side by side' }).waitFor();
      await close();
      await api.close();
      await connection.close();
    });
  });
}

/** The page’s clock goes on in leaps, because queries repeat themselves after seconds. */
async function untilStale(page: Page, isStale = true): Promise<void> {
  const warning = page.getByText('This page may be out of date');
  await eventually(async () => {
    await page.clock.fastForward(15_000);
    expect(await warning.count()).toBe(isStale ? 1 : 0);
  });
}

const untilFresh = (page: Page): Promise<void> => untilStale(page, false);
