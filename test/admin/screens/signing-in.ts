import { describe, expect, it } from '@jest/globals';
import { keyIdOf, type Stage } from '#test/admin/stage.ts';

export function signingIn(stage: Stage): void {
  describe('signing in', () => {
    it('says that a key is wrong, and stays at the address that was asked for', async () => {
      const { page, close } = await stage.browser.visit(stage.accord.api.url);
      await page.goto(`${stage.accord.api.url}/admin/deliveries?state=dead`);
      await page.getByLabel('API key').fill(`accord_${'x'.repeat(32)}`);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('This API key is unknown').waitFor();
      await page.getByLabel('API key').fill(await stage.keyFor('admin'));
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
      expect(new URL(page.url()).search).toBe('?state=dead');
      await close();
    });

    it('by a link works once, and leaves no token in the address', async () => {
      const headers = { authorization: `Bearer ${await stage.keyFor('admin')}` };
      const made = await fetch(`${stage.accord.api.url}/api/v1/session/links`, { method: 'POST', headers });
      const { data } = (await made.json()) as { data: { url: string } };
      const { page, close } = await stage.browser.visit(stage.accord.api.url);
      await page.goto(data.url);
      await page.getByRole('heading', { name: 'Health' }).waitFor();
      expect(page.url()).toBe(`${stage.accord.api.url}/admin`);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in to Accord' }).waitFor();
      await page.goto('about:blank');
      await page.goto(data.url);
      await page.getByRole('heading', { name: 'Sign in to Accord' }).waitFor();
      await close();
    });

    it('again, after the session has ended in the middle of a form, keeps what was typed', async () => {
      const key = await stage.keyFor('admin');
      const { page, close } = await stage.browser.visit(stage.accord.api.url, key);
      await page.goto(`${stage.accord.api.url}/admin/webhooks/new`);
      await page.getByLabel('Description').fill('Half typed');
      await stage.accord.db
        .deleteFrom('admin_session')
        .where('key_id', '=', await keyIdOf(stage.accord, key))
        .execute();
      await page.getByLabel('URL').fill(stage.receiver.url);
      await page.getByRole('button', { name: 'Create endpoint' }).click();
      const dialog = page.getByRole('dialog', { name: 'Your session has ended' });
      await dialog.getByLabel('API key').fill(key);
      await dialog.getByRole('button', { name: 'Sign in' }).click();
      await dialog.waitFor({ state: 'hidden' });
      expect(await page.getByLabel('Description').inputValue()).toBe('Half typed');
      await close();
    });
  });
}
