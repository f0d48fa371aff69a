import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { control } from '#test/setup/accord.ts';
import { eventually } from '#test/setup/eventually.ts';
import { nextPhone } from '#test/setup/people.ts';
import { startObservedRun } from './observed-run.ts';

let run: Awaited<ReturnType<typeof startObservedRun>>;
let ofApi: string;
let ofWorker: string;
beforeAll(async () => {
  run = await startObservedRun();
  const people = [{ givenName: 'Ada', familyName: 'Lovelace', phone: nextPhone(), email: 'ada.metrics@example.com' }];
  await control(run.sandboxes.square, 'POST', 'people', { people });
  await eventually(async () => {
    ofWorker = await scrape(run.workerMetrics);
    for (const account of ['gohighlevel', 'google'])
      expect(ofWorker).toContain(`accord_sync_lag_seconds_count{workspace="",account="${account}"} 1\n`);
    expect(ofWorker).toContain('temporal_activity_execution_latency_seconds_bucket{');
  }, 60_000);
  ofApi = await scrape(`${run.api}/metrics`, { authorization: `Bearer ${run.key}` });
}, 120_000);
afterAll(() => run.close());

async function scrape(url: string, headers: Record<string, string> = {}): Promise<string> {
  const response = await fetch(url, { headers });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/plain')]);
  return response.text();
}

/** The names of the metrics in a scrape, and those of the parts of histograms. */
function namesIn(text: string): string[] {
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
  );
}

const dashboard = readFileSync('deploy/monitoring/grafana-dashboard.json', 'utf8');
const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] };
const { groups } = parse(readFileSync('deploy/monitoring/alerts.yaml', 'utf8')) as { groups: { rules: { expr: string }[] }[] };
const expressions = [
  ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
];

it('has every metric that the dashboard and the alerts ask for in a scrape of an api and a worker', () => {
  const known = new Set([...namesIn(ofApi), ...namesIn(ofWorker)]);
  const asked = expressions.flatMap((expr) => expr.match(/\b(?:accord|process|nodejs|temporal)_\w+/g) ?? []);
  expect(asked.length).toBeGreaterThan(35);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
  const unused = [...known].filter((name) => name.startsWith('accord_') && !/_(sum|count)$/.test(name) && !asked.includes(name));
  expect(unused).toEqual([]);
});

describe.each(expressions.filter((expr) => expr.includes('accord_')))('the expression %s', (expr) => {
  it('joins the processes and no workspaces', () => expect(expr).toMatch(/\b(?:max|sum) by \(workspace\b/));
});

// The value of each process is its own, so the oldest one says nothing: a process that just got no webhook would raise the alarm.
it.each(expressions.filter((expr) => expr.includes('accord_last_webhook')))('takes the newest webhook of any api: %s', (expr) => {
  expect(expr).toMatch(/^time\(\) - max by/);
});

it('counts requests to a vendor by operation and status, and never names a record', async () => {
  expect(ofWorker).toContain(
    'accord_vendor_calls_total{workspace="",account="square",operation="read contact",status="200"} 1\n',
  );
  expect(ofWorker).toMatch(/accord_rate_limit_wait_seconds_count\{workspace="",account="square"\} \d/);
  const links = await run.db.selectFrom('link').select(['id', 'contact_id', 'external_id']).execute();
  const ids = links.flatMap(({ id, contact_id, external_id }) => [
    id,
    contact_id,
    ...(external_id === null ? [] : [external_id]),
  ]);
  expect(ids.length).toBeGreaterThan(5);
  expect(ids.filter((id) => ofWorker.includes(id) || ofApi.includes(id))).toEqual([]);
});
