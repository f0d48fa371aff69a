import { describe, expect, it } from '@jest/globals';
import { expectFit } from '#test/admin/expect-fit.ts';
import type { Stage } from '#test/admin/stage.ts';

export function portal(stage: Stage): void {
  describe('the subscriber’s portal', () => {
    it('shows the deliveries to their endpoint, and sends one once more', async () => {
      const { page } = stage.admin;
      stage.receiver.usually = 200;
      await stage.admin.open('/webhooks/new');
      await page.getByLabel('URL').fill(stage.receiver.url);
      await page.getByLabel('Description').fill('The shop’s app');
      await page.getByRole('button', { name: 'Create endpoint' }).click();
      await page.getByRole('link', { name: 'Go to the endpoint' }).click();
      await page.getByRole('button', { name: 'Subscriber’s link …' }).click();
      await page.getByRole('button', { name: 'Create link' }).click();
      const link = String(await page.getByTestId('secret').textContent());

      const subscriber = await stage.browser.visit(stage.accord.api.url);
      await subscriber.page.goto(new URL(link, stage.accord.api.url).href);
      await subscriber.page.getByRole('heading', { name: 'Deliveries to your app' }).waitFor();
      expect(new URL(subscriber.page.url()).hash).toBe('');
      await subscriber.page.getByText('The shop’s app').waitFor();
      await expectFit(subscriber.page);
      await subscriber.page.getByRole('button', { name: 'Send test event' }).click();
      await subscriber.page.getByText('delivered', { exact: true }).waitFor();
      await expectFit(subscriber.page);
      await subscriber.page.getByRole('button', { name: 'Send once more' }).click();
      await subscriber.page.getByText('an earlier delivery').waitFor();
      expect(subscriber.takeFaults()).toEqual([]);
      await page.getByRole('button', { name: 'Withdraw' }).click();
      // The subscriber's page asks every 15 seconds.
      await subscriber.page.getByRole('heading', { name: 'This link does not work any more' }).waitFor({ timeout: 60_000 });
      await subscriber.close();
    });

    it('says what to do when the link has expired', async () => {
      const { page, close, takeFaults } = await stage.browser.visit(stage.accord.api.url);
      await page.goto(`${stage.accord.api.url}/portal#link=${'x'.repeat(43)}`);
      await page.getByRole('heading', { name: 'This link does not work any more' }).waitFor();
      await page.getByText('Ask the people who sent it to you for a new one').waitFor();
      await expectFit(page);
      expect(takeFaults()).toEqual([]);
      await close();
    });
  });
}
