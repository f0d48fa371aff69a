import { readFile } from 'node:fs/promises';
import { describe, expect, it } from '@jest/globals';
import { expectFit } from '#test/admin/expect-fit.ts';
import type { Stage } from '#test/admin/stage.ts';
import { untilEverywhere } from '#test/setup/hub.ts';
import { nextPhone } from '#test/setup/people.ts';

export function imports(stage: Stage): void {
  describe('a file', () => {
    it('is checked first, imported after a look at what would be, and the people come back as an export', async () => {
      const { page } = stage.admin;
      const phone = nextPhone();
      const email = `file.${phone.slice(-7)}@example.com`;
      await stage.admin.open('/imports');
      await page.getByRole('button', { name: 'Import a file …' }).click();
      const dialog = page.getByRole('dialog', { name: 'Import a file' });
      const buffer = Buffer.from(`Who,Mail,Mobile\nMary Jackson,${email},${phone}\nNobody Else,no address,\n`);
      // Mantine has the input of a file beside its button, hidden.
      await page.locator('input[type="file"]').setInputFiles({ name: 'leads.csv', mimeType: 'text/csv', buffer });
      await dialog.getByLabel('Columns').fill('Who: fullName\nMail: email\nMobile: phone');
      await dialog.getByRole('button', { name: 'Check the file' }).click();
      await page.getByRole('heading', { name: 'leads.csv' }).waitFor();
      await page.getByRole('heading', { name: 'What would be imported' }).waitFor();
      await page.getByText('line 3, Mail: “no address” is no email address').waitFor();
      await expectFit(page);
      const [problems] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download them as CSV' }).click(),
      ]);
      expect(problems.suggestedFilename()).toBe('problems of leads.csv');
      await page.getByRole('button', { name: 'Import 2 rows' }).click();
      await page.getByRole('heading', { name: 'What was imported' }).waitFor();
      await untilEverywhere(stage.accord, email);

      await stage.admin.open(`/people?q=${email}`);
      const [exported] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Export as CSV' }).click(),
      ]);
      const lines = (await readFile(await exported.path(), 'utf8')).trim().split('\r\n');
      expect([lines.length, lines[1]]).toEqual([2, expect.stringContaining(`,Mary,,Jackson,`)]);
    });
  });
}
