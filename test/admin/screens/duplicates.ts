import { describe, expect, it } from '@jest/globals';
import type { Stage } from '#test/admin/stage.ts';
import { eventually } from '#test/setup/eventually.ts';
import { edit, findPeople } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';

export function duplicates(stage: Stage): void {
  describe('duplicates', () => {
    it('are accepted with a preview of the writes, and taken apart again', async () => {
      const { page } = stage.admin;
      const phone = nextPhone();
      await edit(stage.accord, 'gohighlevel', { givenName: 'Rosa', familyName: 'Morgan', phone });
      await eventually(async () => expect(await findPeople(stage.accord, 'square', phone)).toHaveLength(1));
      await edit(stage.accord, 'square', { givenName: 'Rosa', phone });
      await stage.admin.open('/duplicates');
      await page.getByText('You are asked because').first().waitFor();
      await page.getByRole('button', { name: 'Same person …' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Same person' }).click();
      await page.getByText('Nothing to decide').waitFor();
      await page.getByText('Same person', { exact: true }).click();
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('They are two contacts again').waitFor();
    });
  });
}
