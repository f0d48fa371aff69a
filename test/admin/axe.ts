import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

interface Violation {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary: string }[];
}

const script = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const source = await readFile(script, 'utf8');

/** What axe finds in a page that is serious or worse, one line for each element. */
export async function findProblems(page: Page): Promise<string[]> {
  // By the debugger, because the content security policy allows no script of others. It stays until another document is loaded.
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(source);
  const violations = await page.evaluate<Violation[]>(
    'axe.run(document, { resultTypes: ["violations"] }).then((result) => result.violations)',
  );
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 200)} ${failureSummary.slice(0, 300)}`),
    );
}
