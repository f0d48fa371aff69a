import { describe, it } from '@jest/globals';
import { setAccountMode } from '#db/sync/account-modes.ts';
import { freePort } from '#free-port.ts';
import { expectFit } from '#test/admin/expect-fit.ts';
import { pageAddresses } from '#test/admin/page-addresses.ts';
import { lead, type Stage } from '#test/admin/stage.ts';
import { startConnecting } from '#test/api/connections/connecting.ts';
import { untilEverywhere } from '#test/setup/hub.ts';
import { reconcileNow } from '#test/setup/passes.ts';

export function connections(stage: Stage): void {
  describe('an installation without accounts', () => {
    it('says on every page what comes next, and connects the first account by the vendor’s page', async () => {
      const own = await startConnecting({ port: await freePort() });
      const { page, open, takeFaults, close } = await stage.browser.visit(own.api.url, await own.api.keyFor('admin'));
      for (const address of pageAddresses.filter((each) => each !== '/live')) {
        await open(address);
        if ((await page.getByText('This could not be loaded').count()) > 0) throw new Error(`${address} could not be loaded`);
      }
      await open('/connections');
      await page.getByRole('region', { name: 'Square' }).getByRole('button', { name: 'Connect …' }).click();
      const [vendor] = await Promise.all([
        page.context().waitForEvent('page'),
        page.getByRole('button', { name: 'Go to Square' }).click(),
      ]);
      await vendor.getByRole('button', { name: /allow/i }).click();
      await vendor.getByText('Square is connected').waitFor();
      await page.getByRole('region', { name: 'Square' }).getByText('connected', { exact: true }).waitFor();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expectFit(page);
      await close();
      takeFaults();
      await own.close();
    });
  });

  describe('an account that is only read', () => {
    it('goes live from its page', async () => {
      const { page } = stage.admin;
      const { accord } = stage;
      await setAccountMode(accord.db, 'square', 'observe');
      const { email } = await lead(accord, { givenName: 'Radia', familyName: 'Perlman' }, { isEverywhere: false });
      await reconcileNow(accord, 'square');
      await stage.admin.open('/go-live');
      const square = page.getByRole('region', { name: 'Square' });
      await square.getByText('only read').waitFor();
      await square.getByRole('button', { name: 'Go live …' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'All at once' }).click();
      await square.getByText('live', { exact: true }).waitFor();
      await untilEverywhere(accord, email);
      await page.reload();
      await page.getByRole('heading', { name: 'Go-live', exact: true }).waitFor();
      await expectFit(page);
    });
  });
}
