import { describe, expect, it } from '@jest/globals';
import { expectFit } from '#test/admin/expect-fit.ts';
import { lead, type Stage } from '#test/admin/stage.ts';
import { control } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { findPeople, untilEverywhere } from '#test/setup/hub.ts';

export function people(stage: Stage): void {
  describe('people', () => {
    it.each([
      ['markup', '<script>alert(1)</script>', 'Lovelace'],
      ['three hundred characters', 'Ada', 'L'.repeat(290)],
      ['right-to-left text', 'عائشة', 'ابن سينا'],
    ])('with a name of %s are shown as text, and stay inside the page', async (_case, givenName, familyName) => {
      const { page } = stage.admin;
      const { email } = await lead(stage.accord, { givenName, familyName });
      await stage.admin.open(`/people?q=${email}`);
      await page.getByRole('link', { name: `${givenName} ${familyName}` }).click();
      await page.getByRole('heading', { name: `${givenName} ${familyName}` }).waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
    });

    it('have an address of their own, which a reload keeps', async () => {
      const { page } = stage.admin;
      const { email } = await lead(stage.accord, { givenName: 'Mary', familyName: 'Somerville' });
      await stage.admin.open('/people');
      await page.getByLabel('Search').fill(email);
      await page.getByRole('link', { name: 'Mary Somerville' }).click();
      await page.getByRole('heading', { name: 'Side by side' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: 'Mary Somerville' }).waitFor();
      await expectFit(page);
      await page.goBack();
      expect(await page.getByLabel('Search').inputValue()).toBe(email);
    });

    it('are filtered by an audience of accord.yaml', async () => {
      const { page } = stage.admin;
      const { email } = await lead(stage.accord, { givenName: 'Joan', familyName: 'Clarke' }, { isEverywhere: false });
      const { email: other } = await lead(stage.accord, { givenName: 'Betty', familyName: 'Webb', tags: ['cold lead'] });
      await stage.admin.open('/people?q=lead.');
      await page.getByRole('link', { name: 'Joan Clarke' }).waitFor();
      await page.getByRole('combobox', { name: 'Audience' }).click();
      await page.getByRole('option', { name: 'cold-leads' }).click();
      await page.getByRole('link', { name: 'Joan Clarke' }).waitFor({ state: 'detached' });
      await page.getByText(other).waitFor();
      expect([await page.getByText(email).count(), new URL(page.url()).searchParams.get('audience')]).toEqual([0, 'cold-leads']);
    });

    it('that were taken for one are split, with a preview of the writes', async () => {
      const { page } = stage.admin;
      const { email } = await lead(stage.accord, { givenName: 'Ada', familyName: 'Byron' });
      await stage.admin.open(`/people?q=${email}`);
      await page.getByRole('link', { name: 'Ada Byron' }).click();
      await page.getByRole('button', { name: 'Split …' }).click();
      const dialog = page.getByRole('dialog', { name: 'Two people in one' });
      await dialog.getByLabel(/^Square/).check();
      await dialog.getByText('is written').waitFor();
      await dialog.getByRole('button', { name: 'Split' }).click();
      await page.getByText('They are two contacts now.').waitFor();
    });

    it('are erased by an admin after a typed confirmation, with the proof of each system, and leave a page that says so', async () => {
      const { page } = stage.admin;
      const { email, ghlId } = await lead(stage.accord, { givenName: 'Ada', familyName: 'Augusta' });
      const contactId = await stage.accord.contactIdOf(ghlId);
      const operator = await stage.browser.visit(stage.accord.api.url, await stage.keyFor('sync:read', 'sync:write'));
      await operator.open(`/people/${contactId}`);
      await operator.page.getByRole('button', { name: 'Sync now' }).waitFor();
      expect(await operator.page.getByRole('button', { name: 'Erase …' }).count()).toBe(0);
      await operator.close();
      await stage.admin.open(`/people/${contactId}`);
      expect(await page.getByRole('link', { name: 'Export' }).getAttribute('href')).toBe(
        `/api/v1/contacts/${contactId}/personal-data`,
      );
      await page.getByRole('button', { name: 'Erase …' }).click();
      const dialog = page.getByRole('dialog', { name: 'Erase this person everywhere' });
      await dialog.getByText(ghlId).waitFor();
      await dialog.getByLabel('Reason').fill('request 17');
      const erase = dialog.getByRole('button', { name: 'Erase everywhere' });
      expect(await erase.isDisabled()).toBe(true);
      await dialog.getByLabel('Confirmation').fill(contactId.slice(-6));
      await erase.click();
      await page.getByText('erased everywhere').waitFor();
      expect(await page.getByText('gone', { exact: true }).count()).toBe(3);
      expect(await findPeople(stage.accord, 'square', email)).toEqual([]);
      await stage.admin.open(`/people/${contactId}`);
      await page.getByRole('heading', { name: 'This person was erased' }).waitFor();
      await page.getByRole('link', { name: 'The proof of each system' }).click();
      await page.getByRole('heading', { name: 'Erasure', exact: true }).waitFor();
      // The 410 of the erased person is no fault of the page.
      stage.admin.takeFaults();
    });

    it('who could not be written are retried together', async () => {
      const { page } = stage.admin;
      const refusal = { errors: [{ category: 'INVALID_REQUEST_ERROR', code: 'BAD_REQUEST', detail: '**No** <b>way</b>' }] };
      await control(stage.accord.sandboxes.square, 'POST', 'faults', {
        method: 'POST',
        path: '/v2/**',
        status: 400,
        body: refusal,
      });
      const { email, ghlId } = await lead(stage.accord, { givenName: 'Emmy', familyName: 'Noether' }, { isEverywhere: false });
      await eventually(async () => {
        const { lanes } = await stage.accord.syncState(await stage.accord.contactIdOf(ghlId));
        expect(lanes).toContainEqual(expect.objectContaining({ provider: 'square', status: 'parked' }));
      });
      await stage.admin.open('/needs-you');
      const cause = page.locator('.pair', { hasText: 'could not be written to Square because' });
      await cause.waitFor();
      await control(stage.accord.sandboxes.square, 'DELETE', 'faults');
      await cause.getByRole('button', { name: /^Retry/ }).click();
      const dialog = page.getByRole('dialog', { name: 'Try again' });
      await dialog.getByText('1 person is tried again. This makes 1 write: 1 to Square.').waitFor();
      await dialog.getByText('a new record, Given name “Emmy”').waitFor();
      await dialog.getByRole('button', { name: 'Retry 1' }).click();
      await untilEverywhere(stage.accord, email);
      await cause.waitFor({ state: 'detached' });
    });

    it('that do not exist are not found, with a way on', async () => {
      const { page } = stage.admin;
      await stage.admin.open('/people/00000000-0000-7000-8000-000000000000');
      await page.getByText('There is no contact').waitFor();
      await page.getByRole('button', { name: 'Try again' }).waitFor();
    });
  });
}
