import { expect } from '@jest/globals';
import type { Page } from 'playwright-core';
import { eventually } from '#test/setup/eventually.ts';
import { sampleOf } from '#test/setup/sweep.ts';
import { findProblems } from './axe.ts';
import { findWide } from './width.ts';

/** One of the two in each run, because axe takes seconds. */
const colorSchemes = sampleOf(['dark', 'light'] as const, 'colour schemes', 2);

/** The narrowest window that WCAG's criterion 1.4.10 names, so that telephones of 375 px have room for other fonts and longer values. */
const narrow = { width: 320, height: 800 };

/** What must hold for each page: axe finds nothing in its colours, and a telephone shows it without scrolling sideways. */
export async function expectFit(page: Page): Promise<void> {
  const found: string[] = [];
  for (const colorScheme of colorSchemes) {
    await page.emulateMedia({ colorScheme });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    found.push(...(await findProblems(page)).map((problem) => `${colorScheme}: ${problem}`));
  }
  expect(found).toEqual([]);
  await page.setViewportSize(narrow);
  // The frame moves to its new width.
  await eventually(async () => expect(await findWide(page)).toEqual([]), 5_000);
  await page.setViewportSize({ width: 1440, height: 900 });
}
