import { describe, expect, it } from '@jest/globals';
import { lead, type Stage } from '#test/admin/stage.ts';

export function viewer(stage: Stage): void {
  describe('a viewer', () => {
    it('reads everything without personal data, and is offered no action', async () => {
      const { email } = await lead(stage.accord, { givenName: 'Grace', familyName: 'Hopper' });
      const { page, close } = await stage.browser.visit(stage.accord.api.url, await stage.keyFor('viewer'));
      await page.goto(`${stage.accord.api.url}/admin/people?q=${email}`);
      await page.getByRole('link', { name: 'G•••' }).click();
      await page.getByRole('heading', { name: 'Side by side' }).waitFor();
      expect(await page.locator('body').textContent()).not.toMatch(/Grace|Hopper|example\.com/);
      expect(await page.getByRole('button', { name: 'Sync now' }).count()).toBe(0);
      await page.goto(`${stage.accord.api.url}/admin/webhooks`);
      await page.getByRole('heading', { name: 'Webhooks' }).waitFor();
      expect(await page.getByRole('link', { name: 'New endpoint' }).count()).toBe(0);
      expect(await page.getByRole('link', { name: 'Live', exact: true }).count()).toBe(0);
      await close();
    });
  });
}
