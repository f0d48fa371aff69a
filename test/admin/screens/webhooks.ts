import { describe, expect, it } from '@jest/globals';
import { lead, type Stage } from '#test/admin/stage.ts';

export function webhooks(stage: Stage): void {
  describe('webhooks', () => {
    it('creates an endpoint, shows its secret once, and sends a delivery again that had become a dead letter', async () => {
      const { page } = stage.admin;
      stage.receiver.usually = 500;
      await stage.admin.open('/webhooks/new');
      await page.getByLabel('URL').fill(stage.receiver.url);
      await page.getByLabel('Description').fill('Our app');
      await page.getByRole('button', { name: 'More settings' }).click();
      await page.getByLabel('Retries').fill('0');
      await page.getByRole('button', { name: 'Create endpoint' }).click();
      expect(await page.getByTestId('secret').textContent()).toMatch(/^whsec_/);
      await page.getByRole('link', { name: 'Go to the endpoint' }).click();
      await lead(stage.accord);
      await stage.admin.open('/deliveries?state=dead');
      await page.getByText('dead letter').first().waitFor();
      stage.receiver.usually = 200;
      await page.getByRole('link', { name: 'new_lead' }).first().click();
      await page.getByRole('button', { name: 'Send again' }).click();
      await page.getByText('delivered', { exact: true }).waitFor();
      await page.getByText('Attempt 2').waitFor();
    });

    it('sends dead letters again in bulk, after it has said how many', async () => {
      const { page } = stage.admin;
      stage.receiver.usually = 500;
      await lead(stage.accord);
      await stage.admin.open('/deliveries?state=dead');
      await page.getByRole('link', { name: 'new_lead' }).first().waitFor();
      stage.receiver.usually = 200;
      await page.getByRole('button', { name: 'Send all of these again' }).click();
      await page.getByRole('button', { name: /^Send \d+ again$/ }).click();
      await page.getByText('No delivery matches').waitFor();
    });
  });
}
