import { describe, it } from '@jest/globals';
import type { Stage } from '#test/admin/stage.ts';
import { untilEverywhere } from '#test/setup/hub.ts';
import { formOrigin } from '#test/setup/provider-settings.ts';

export function forms(stage: Stage): void {
  describe('forms', () => {
    it('show what was typed, and where it went', async () => {
      const { page } = stage.admin;
      const body = { name: 'Nina Hart', email: 'nina.hart@example.com', message: 'Please call me.' };
      const headers = { origin: formOrigin, 'content-type': 'application/json' };
      await fetch(`${stage.accord.api.url}/webforms/contact`, { method: 'POST', headers, body: JSON.stringify(body) });
      await untilEverywhere(stage.accord, body.email);
      await stage.admin.open('/forms');
      await page.getByRole('link', { name: 'Nina Hart' }).click();
      await page.getByRole('heading', { name: 'Nina Hart sent the form contact' }).waitFor();
      await page.getByText('Please call me.').first().waitFor();
      await page.getByText(body.email).first().waitFor();
    });
  });
}
