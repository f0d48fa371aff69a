import { describe, expect, it } from '@jest/globals';
import { expectFit } from '#test/admin/expect-fit.ts';
import type { Stage } from '#test/admin/stage.ts';
import { eventually } from '#test/setup/eventually.ts';
import { edit, findPeople } from '#test/setup/hub.ts';
import { nextFamilyName, nextPhone } from '#test/setup/people.ts';

export function duplicates(stage: Stage): void {
  describe('duplicates', () => {
    it('are accepted with a preview of the writes, and taken apart again', async () => {
      const { page } = stage.admin;
      await meetTwice(stage, 'Rosa');
      await stage.admin.open('/duplicates');
      await page.getByText('You are asked because').first().waitFor();
      await page.getByRole('button', { name: 'Same person …' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Same person' }).click();
      await page.getByText('Nothing to decide').waitFor();
      await page.getByText('Same person', { exact: true }).click();
      await page.getByRole('button', { name: 'Undo' }).click();
      await page.getByText('They are two contacts again').waitFor();
    });

    it('are decided by keys where everything that waits is listed, and taken apart by a key, too', async () => {
      const { page } = stage.admin;
      await meetTwice(stage, 'Ruth');
      await stage.admin.open('/needs-you');
      await page.getByRole('article', { name: /Ruth/ }).getByText('You are asked because').click();
      await page.keyboard.press('s');
      const dialog = page.getByRole('dialog', { name: 'Make them one contact' });
      await dialog.getByRole('button', { name: 'Same person' }).waitFor();
      // The question is in the dialog: a key for the list behind it does nothing.
      await page.keyboard.press('d');
      await dialog.getByRole('button', { name: 'Same person' }).click();
      await page.getByText('They are one contact now.').waitFor();
      await dialog.waitFor({ state: 'detached' });
      await page.keyboard.press('u');
      await page.getByText('They are two contacts again').waitFor();
    });

    it('that another operator decides meanwhile are left as that one decided', async () => {
      const { page } = stage.admin;
      await meetTwice(stage, 'Vera');
      await stage.admin.open('/duplicates');
      const pair = page.getByRole('article', { name: /Vera/ });
      await pair.waitFor();
      await expectFit(page);
      // The page does not hear of it in time.
      await page.route('**/api/v1/candidates?**', (route) => route.abort());
      const headers = { authorization: `Bearer ${await stage.keyFor('sync:read', 'sync:write')}` };
      const id = String(await pair.getAttribute('id')).replace('pair-', '');
      const path = `/api/v1/candidates/${id}/reject`;
      expect((await fetch(stage.accord.api.url + path, { method: 'POST', headers })).status).toBe(200);
      await pair.getByRole('button', { name: 'Different people' }).click();
      await page.getByText('Somebody has decided this candidate before').waitFor();
      await page.unroute('**/api/v1/candidates?**');
      await pair.waitFor({ state: 'detached' });
      stage.admin.takeFaults();
    });

    it('are decided together, after it has said how many, and a contact that was merged leads to the one that is left', async () => {
      const { page } = stage.admin;
      const people = [await meetTwice(stage, 'Nora'), await meetTwice(stage, 'Olga')];
      await stage.admin.open('/duplicates');
      for (const name of ['Nora', 'Olga']) await page.getByRole('article', { name: new RegExp(name) }).waitFor();
      await page.getByLabel('Choose all shown').check();
      await page.getByRole('button', { name: 'Same person …' }).first().click();
      await page.getByRole('dialog').getByText('2 pairs').waitFor();
      await page.getByRole('button', { name: 'Decide 2' }).click();
      await page.getByText('2 pairs are decided.').waitFor();
      await page.getByText('Nothing to decide').waitFor();
      const [nora] = people;
      await stage.admin.open(`/people/${nora?.newerId}`);
      await page.getByText('This contact was merged').waitFor();
      await page.getByRole('heading', { name: /Nora/ }).waitFor();
    });
  });
}

/** Somebody in GoHighLevel, and in Square with only a given name: too little to be sure that they are one. */
async function meetTwice({ accord }: Stage, givenName: string): Promise<{ newerId: string }> {
  const phone = nextPhone();
  await edit(accord, 'gohighlevel', { givenName, familyName: nextFamilyName(), phone });
  await eventually(async () => expect(await findPeople(accord, 'square', phone)).toHaveLength(1));
  const squareId = await edit(accord, 'square', { givenName, phone });
  return { newerId: await eventually(() => accord.contactIdOf(squareId)) };
}
