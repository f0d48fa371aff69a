import { describe, expect, it } from '@jest/globals';
import { lead, type Stage } from '#test/admin/stage.ts';
import { nextPhone } from '#test/setup/people.ts';

export function consent(stage: Stage): void {
  describe('people who must not be contacted', () => {
    it('are marked after a preview of the writes, with the evidence on their page', async () => {
      const { page } = stage.admin;
      const { ghlId } = await lead(stage.accord, { givenName: 'Grace', familyName: 'Hopper' });
      await stage.admin.open(`/people/${await stage.accord.contactIdOf(ghlId)}`);
      await page.getByRole('button', { name: 'Do not contact …' }).click();
      const dialog = page.getByRole('dialog', { name: 'Do not contact' });
      await dialog.getByLabel('What the person said').fill('stop calling');
      await dialog.getByText('is written').waitFor();
      await dialog.getByRole('button', { name: 'Do not contact' }).click();
      await page.getByText('“stop calling”').first().waitFor();
    });

    it('have numbers on the suppression list, which are found in any writing and lifted for a reason only', async () => {
      const { page } = stage.admin;
      const number = nextPhone();
      await stage.admin.open('/suppressions');
      await page.getByRole('button', { name: 'Add …' }).click();
      const dialog = page.getByRole('dialog', { name: 'Suppress a number or an address' });
      await dialog.getByLabel('Number or address').fill(number);
      await dialog.getByRole('button', { name: 'Suppress' }).click();
      await page.getByLabel('Search').fill(number.replace(/^\+1(\d{3})(\d{3})/, '($1) $2-'));
      await page.getByText(number).first().waitFor();
      await page.getByRole('button', { name: 'Lift …' }).first().click();
      const lift = page.getByRole('dialog', { name: `Lift ${number}` });
      expect(await lift.getByRole('button', { name: 'Lift' }).isDisabled()).toBe(true);
      await lift.getByLabel('How did the person allow it?').fill('signed');
      await lift.getByRole('button', { name: 'Lift' }).click();
      await page.getByText('Lifted.').waitFor();
    });
  });
}
