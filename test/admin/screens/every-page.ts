import { describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';
import { findProblems } from '#test/admin/axe.ts';
import type { Stage } from '#test/admin/stage.ts';
import { eventually } from '#test/setup/eventually.ts';
import { sampleOf } from '#test/setup/sweep.ts';

/** The pages that stand in the navigation, and their tabs. A new page gets its line here. */
export const pageAddresses = [
  '/',
  '/needs-you',
  '/people',
  '/duplicates',
  '/deletes',
  '/forms',
  '/suppressions',
  '/imports',
  '/live',
  '/webhooks',
  '/webhooks/new',
  '/deliveries',
  '/go-live',
  '/connections',
  '/inbox',
  '/inbox?tab=refused',
  '/settings',
  '/settings?tab=file',
  '/erasures',
  '/activity',
  '/activity?tab=keys',
];

export function everyPage(stage: Stage): void {
  describe('every page', () => {
    it('loads at most 250 KB, compressed, before the first one shows', async () => {
      const { page, close } = await stage.browser.visit(stage.accord.api.url, await stage.keyFor('admin'));
      await page.goto(`${stage.accord.api.url}/admin`);
      await page.getByRole('heading', { name: 'Health' }).waitFor();
      const sizes = await page.evaluate<number[]>(
        'performance.getEntriesByType("resource").filter(({ name }) => name.includes("/assets/")).map(({ encodedBodySize }) => encodedBodySize)',
      );
      expect(sizes.length).toBeGreaterThan(3);
      expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(250 * 1_024);
      await close();
    });

    it.each(pageAddresses)('%s is accessible, and fits a telephone', async (address) => {
      await stage.admin.open(address);
      await expectFit(stage.admin.page);
    });
  });
}

/** One of the two in each run, because axe takes seconds. */
const colorSchemes = sampleOf(['dark', 'light'] as const, 'colour schemes', 2);

/** What must hold for each page: axe finds nothing in its colours, and a telephone shows it without scrolling sideways. */
export async function expectFit(page: Page): Promise<void> {
  const found: string[] = [];
  for (const colorScheme of colorSchemes) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    found.push(...(await findProblems(page)).map((problem) => `${colorScheme}: ${problem}`));
  }
  expect(found).toEqual([]);
  await page.setViewportSize({ width: 375, height: 800 });
  // The frame moves to its new width.
  await eventually(async () => expect(await page.evaluate(listWide)).toEqual([]));
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** The elements that reach beyond the window while the document scrolls sideways. Those that an ancestor clips or scrolls are no reason. */
const listWide = `(() => {
  const { scrollWidth } = document.documentElement;
  if (scrollWidth <= window.innerWidth) return [];
  const right = (element) => element.getBoundingClientRect().right + window.scrollX;
  const isClipped = (element) => {
    for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== 'visible') return true;
    return false;
  };
  const wide = [...document.body.querySelectorAll('*')].filter((element) => right(element) > window.innerWidth && !isClipped(element));
  const say = (element) => element.outerHTML.slice(0, 160) + ' reaches ' + Math.round(right(element)) + ': ' + element.textContent.slice(0, 80);
  return ['The document is ' + scrollWidth + ' px wide', ...wide.map(say)];
})()`;
