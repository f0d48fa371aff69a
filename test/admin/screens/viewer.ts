import { describe, expect, it } from '@jest/globals';
import { pageAddresses } from '#test/admin/page-addresses.ts';
import { lead, type Stage } from '#test/admin/stage.ts';

export function viewer(stage: Stage): void {
  describe('a viewer', () => {
    it('reads everything without personal data, and is offered no action', async () => {
      const { email } = await lead(stage.accord, { givenName: 'Grace', familyName: 'Hopper' });
      const { page, open, close } = await stage.browser.visit(stage.accord.api.url, await stage.keyFor('viewer'));
      await page.goto(`${stage.accord.api.url}/admin/people?q=${email}`);
      await page.getByRole('link', { name: 'G•••' }).click();
      await page.getByRole('heading', { name: 'Side by side' }).waitFor();
      expect(await page.locator('body').textContent()).not.toMatch(/Grace|Hopper|example\.com/);
      expect(await page.getByRole('button', { name: 'Sync now' }).count()).toBe(0);
      await page.goto(`${stage.accord.api.url}/admin/webhooks`);
      await page.getByRole('heading', { name: 'Webhooks' }).waitFor();
      expect(await page.getByRole('link', { name: 'New endpoint' }).count()).toBe(0);
      expect(await page.getByRole('link', { name: 'Live', exact: true }).count()).toBe(0);
      const actions =
        /now|retry|pause|resume|connect|disconnect|send|create|new|go live|undo|revoke|same|different|later|accept/i;
      for (const address of pageAddresses.filter((each) => !/live$|activity|new|file/.test(each)).concat('/go-live')) {
        await open(address);
        const buttons = await page.getByRole('main').getByRole('button').allTextContents();
        expect([address, buttons.filter((text) => actions.test(text))]).toEqual([address, []]);
      }
      await page.goto(`${stage.accord.api.url}/admin/activity`);
      await page.getByText('lacks the scope').first().waitFor();
      await close();
    });
  });
}
