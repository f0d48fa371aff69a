import { describe, it } from '@jest/globals';
import { lead, type Stage } from '#test/admin/stage.ts';

export function inbox(stage: Stage): void {
  describe('incoming', () => {
    it('shows the webhook of a person, who is one press away, and why another one was refused', async () => {
      const { page } = stage.admin;
      const { ghlId } = await lead(stage.accord, { givenName: 'Karen', familyName: 'Jones' });
      await stage.admin.open('/inbox');
      await page.getByRole('link', { name: ghlId }).first().click();
      await page.getByRole('link', { name: 'Karen Jones' }).waitFor();
      const headers = { 'content-type': 'application/json' };
      await fetch(`${stage.accord.api.url}/webhooks/square`, { method: 'POST', headers, body: '{}' });
      await stage.admin.open('/inbox?tab=refused');
      await page.getByText('/webhooks/square').first().waitFor();
      await page.getByText('HTTP 401').first().waitFor();
    });
  });
}
