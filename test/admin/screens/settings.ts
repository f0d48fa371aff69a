import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import { ensureSchedules, removeSchedules } from '#schedules.ts';
import { expectFit } from '#test/admin/expect-fit.ts';
import type { Stage } from '#test/admin/stage.ts';

export function settings(stage: Stage): void {
  describe('settings', () => {
    it('pause a schedule with a reason, and resume it', async () => {
      const { page } = stage.admin;
      const { temporal, taskQueuePrefix } = stage.accord;
      const schedules = { reconcile: '0 2 * * *', poll: {} };
      const providers = [{ id: 'square', isPolled: false }];
      await ensureSchedules(temporal, { providers, schedules, taskQueuePrefix, logger: pino({ level: 'silent' }) });
      await stage.admin.open('/settings');
      await page.getByRole('button', { name: 'Pause …' }).click();
      await page.getByLabel('Why').fill('Square is being repaired');
      await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
      await page.getByText('Paused by admin: Square is being repaired').waitFor();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await expectFit(page);
      await page.getByRole('button', { name: /^Resume: Compare everything with Square/ }).click();
      await page.getByText('Paused by admin').waitFor({ state: 'detached' });
      await removeSchedules(temporal, { providers: ['square'], taskQueuePrefix });
    });
  });

  describe('activity', () => {
    it('makes a key that is shown once, and revokes it', async () => {
      const { page, open, takeFaults, close } = await stage.browser.visit(stage.accord.api.url, await stage.keyFor('admin'));
      await page.clock.install();
      await open('/activity?tab=keys');
      await page.getByRole('button', { name: 'New key …' }).click();
      await page.getByLabel('Name').fill('Anna');
      await page.getByRole('button', { name: 'Create key' }).click();
      const key = String(await page.getByTestId('secret').textContent());
      const asAnna = async () =>
        (await fetch(`${stage.accord.api.url}/sync/stats`, { headers: { authorization: `Bearer ${key}` } })).status;
      const before = await asAnna();
      await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
      await page.getByRole('row', { name: /Anna/ }).getByRole('button', { name: 'Revoke' }).click();
      const revoke = page.getByRole('dialog', { name: 'Revoke the key Anna?' });
      await revoke.waitFor();
      // The list is read again, with another key in it: the dialog of its row stays.
      await stage.keyFor('metrics:read');
      await page.clock.fastForward(15_000);
      await page.getByText('metrics:read').first().waitFor({ state: 'attached' });
      await revoke.getByRole('button', { name: 'Revoke' }).click();
      await page.getByText('The key is revoked.').waitFor();
      expect([before, await asAnna()]).toEqual([200, 401]);
      await open('/activity?kind=api-key');
      await page.getByText('api key: revoke').first().waitFor();
      expect(takeFaults()).toEqual([]);
      await close();
    });
  });
}
