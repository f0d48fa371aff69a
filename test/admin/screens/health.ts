import { describe, expect, it } from '@jest/globals';
import type { Stage } from '#test/admin/stage.ts';

export function health(stage: Stage): void {
  describe('health', () => {
    it('says everything in one sentence, and each tile opens its list', async () => {
      const { page } = stage.admin;
      await stage.admin.open('/');
      await page.getByText(/^\d+ in step/).waitFor();
      await page.getByRole('link', { name: 'Dead letters' }).click();
      await page.getByRole('heading', { name: 'Deliveries' }).waitFor();
      expect(new URL(page.url()).search).toBe('?state=dead');
    });

    it('keeps what it shows while Accord does not answer, and says so', async () => {
      const { page } = stage.admin;
      await stage.admin.open('/');
      await page.getByText(/^\d+ in step/).waitFor();
      await page.route('**/api/**', (route) => route.abort());
      await page.getByText('This page may be out of date').waitFor();
      await page.getByText(/^\d+ in step/).waitFor();
      await page.unroute('**/api/**');
      await page.getByText('This page may be out of date').waitFor({ state: 'detached' });
      stage.admin.takeFaults();
    });
  });
}
