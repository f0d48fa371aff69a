import type { Figure } from '#bench/measure/figure.ts';
import { percentile } from '#bench/measure/statistics.ts';
import { createKey } from '#bench/setup/asked-api.ts';
import type { Bench } from '#bench/setup/bench.ts';
import { startOwn } from '#bench/setup/own-processes.ts';
import { fillSearchableStore } from '#bench/setup/searchable-store.ts';
import { buildAdminPages } from '#dev/stack/admin-pages.ts';
import { openBrowser } from '#test/admin/browser.ts';

const visits = 5;
const kilobyte = 1_024;

/** What the first page of the admin pages costs somebody who was never there: bytes, and time until it shows its numbers. */
export async function adminPages(bench: Bench): Promise<Figure> {
  await buildAdminPages();
  const database = await bench.createDatabase('bench_pages');
  await fillSearchableStore(database, 1_000);
  const key = await createKey(database);
  await using cleanUp = new AsyncDisposableStack();
  const api = cleanUp.adopt(await startOwn(bench, 'api', { database, env: {} }), (running) => running.stop());
  const browser = cleanUp.adopt(await openBrowser(), (opened) => opened.close());
  const times: number[] = [];
  let bytes = 0;
  for (let visit = 0; visit < visits; visit += 1) {
    // A window of its own has an empty cache.
    const { page, close } = await browser.visit(api.url, key);
    await page.goto(`${api.url}/admin`);
    await page
      .getByText(/in step/)
      .first()
      .waitFor();
    times.push(await page.evaluate<number>('performance.now()'));
    bytes = await page.evaluate<number>(
      'performance.getEntriesByType("resource").filter(({ name }) => name.includes("/assets/")).reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)',
    );
    await close();
  }
  return {
    title: 'The first page of the admin pages, in Chromium with an empty cache',
    rows: [
      { label: 'scripts and styles, compressed', ours: bytes / kilobyte / kilobyte, unit: 'MB', goal: { max: 250 / kilobyte } },
      { label: 'until its numbers show, median', ours: percentile(times, 50), unit: 'ms', goal: { max: 1_000 } },
    ],
    notes: [`${visits} visits to Health with a session, ${(bytes / kilobyte).toFixed(0)} KB`],
  };
}
