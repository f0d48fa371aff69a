import { describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { freePort } from '#dev/processes/ports.ts';
import { lead, type Stage } from '#test/admin/stage.ts';

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
      const { page } = stage.admin;
      await stage.admin.open('/');
      await page.getByText(/^\d+ in step/).waitFor();
      await page.route('**/api/**', (route) => route.abort());
      await page.getByText('This page may be out of date').waitFor();
      await page.getByText(/^\d+ in step/).waitFor();
      await page.unroute('**/api/**');
      await page.getByText('This page may be out of date').waitFor({ state: 'detached' });
      stage.admin.takeFaults();
    });

    it('goes on by itself after the api was restarted', async () => {
      const port = await freePort();
      const before = await stage.accord.startAnotherApi({ port });
      const { page, open, close } = await stage.browser.visit(before.url, await stage.keyFor('admin'));
      await open('/');
      await page.getByText(/^\d+ in step/).waitFor();
      await before.close();
      await page.getByText('This page may be out of date').waitFor();
      const after = await stage.accord.startAnotherApi({ port });
      await page.getByText('This page may be out of date').waitFor({ state: 'detached' });
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
