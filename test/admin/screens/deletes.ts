import { describe, expect, it } from '@jest/globals';
import { lead, type Stage } from '#test/admin/stage.ts';
import { control } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { findPeople } from '#test/setup/hub.ts';

export function deletes(stage: Stage): void {
  describe('deletes', () => {
    it('are decided with the values of the record in sight, by keys, too', async () => {
      const { page } = stage.admin;
      const { email, ghlId } = await lead(stage.accord, { givenName: 'Edith' });
      await control(stage.accord.sandboxes.gohighlevel, 'POST', 'records', { delete: [ghlId] });
      await stage.admin.open('/needs-you');
      await page.getByRole('link', { name: 'Deletes 2' }).waitFor();
      await page.getByRole('heading', { name: '2 records of people who were deleted elsewhere' }).waitFor();
      await page.getByText(email).first().click();
      await page.keyboard.press('d');
      await page.getByText('The record is deleted there, too').waitFor();
      await page.getByRole('heading', { name: '1 record of somebody who was deleted elsewhere' }).waitFor();
      await page.getByRole('link', { name: 'Deletes 1' }).click();
      await page.getByRole('heading', { name: 'Deletes', exact: true }).waitFor();
      await page.getByRole('button', { name: 'Keep it' }).waitFor();
      await page.keyboard.press('s');
      await page.getByText('The record stays as it is.').waitFor();
      await eventually(async () => {
        const [square, google] = [
          await findPeople(stage.accord, 'square', email),
          await findPeople(stage.accord, 'google', email),
        ];
        expect(square.length + google.length).toBe(1);
      });
    });
  });
}
