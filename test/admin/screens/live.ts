import { describe, expect, it } from '@jest/globals';
import { lead, type Stage } from '#test/admin/stage.ts';

export function live(stage: Stage): void {
  describe('live', () => {
    it('shows an edit in one system arriving in the others', async () => {
      const { page } = stage.admin;
      const { email } = await lead(stage.accord, { givenName: 'Hedy', familyName: 'Lamarr' });
      await stage.admin.open(`/live?q=${email}`);
      const square = page.getByRole('region', { name: 'Square' });
      await square.getByRole('button', { name: 'Hedy Lamarr' }).click();
      await page.getByLabel('Given name').fill('Hedwig');
      await page.getByRole('button', { name: 'Save' }).click();
      for (const system of ['GoHighLevel', 'Google']) {
        const card = page.getByRole('region', { name: system }).getByRole('button', { name: 'Hedwig Lamarr' });
        await card.getByText(/^\d+ ms$/).waitFor();
      }
    });

    it('shows a tag in GoHighLevel bringing somebody into the dialer of CallTools', async () => {
      const { page } = stage.admin;
      const { email } = await lead(stage.accord, { givenName: 'Ida', familyName: 'Rhodes' });
      await stage.admin.open(`/live?q=${email}`);
      const dialer = page.getByRole('region', { name: 'CallTools' });
      expect(await dialer.getByRole('button', { name: 'Ida Rhodes' }).count()).toBe(0);
      await page.getByRole('region', { name: 'GoHighLevel' }).getByRole('button', { name: 'Ida Rhodes' }).click();
      await page.getByLabel('Add a tag').fill('cold lead');
      await page.getByRole('button', { name: 'Save' }).click();
      const card = dialer.getByRole('button', { name: 'Ida Rhodes' });
      await card.getByText('Cold Leads').waitFor();
      await card.getByText(/^\d+ ms$/).waitFor();
    });
  });
}
