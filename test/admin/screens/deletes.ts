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
      await eventually(async () => {
        await stage.admin.open('/needs-you');
        expect(await page.getByText('who were deleted elsewhere').count()).toBe(1);
      });
      await page.getByText('Decide', { exact: true }).click();
      await page.getByText(email).first().waitFor();
      await page.keyboard.press('d');
      await page.getByText('The record is deleted there, too').waitFor();
      // The list is read again after a decision.
      const keep = page.getByRole('button', { name: 'Keep it' });
      await eventually(async () => expect(await keep.count()).toBe(1));
      await keep.click();
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
