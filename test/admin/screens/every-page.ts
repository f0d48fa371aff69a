import { describe, expect, it } from '@jest/globals';
import { expectFit } from '#test/admin/expect-fit.ts';
import { pageAddresses } from '#test/admin/page-addresses.ts';
import type { Stage } from '#test/admin/stage.ts';

export function everyPage(stage: Stage): void {
  describe('every page', () => {
    it('loads at most 250 KB, compressed, before the first one shows', async () => {
      const { page, close } = await stage.browser.visit(stage.accord.api.url, await stage.keyFor('admin'));
      await page.goto(`${stage.accord.api.url}/admin`);
      await page.getByRole('heading', { name: 'Health' }).waitFor();
      const sizes = await page.evaluate<number[]>(
        'performance.getEntriesByType("resource").filter(({ name }) => name.includes("/assets/")).map(({ encodedBodySize }) => encodedBodySize)',
      );
      expect(sizes).not.toEqual([]);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(250 * 1_024);
      await close();
    });

    it.each(pageAddresses)('%s is accessible, and fits a telephone', async (address) => {
      await stage.admin.open(address);
      await expectFit(stage.admin.page);
    });
  });
}
