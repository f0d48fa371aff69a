import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { parse } from 'yaml';
import { addProcessMetrics, createMetrics } from '#api/monitoring/metrics.ts';
import { saveFailing } from '#db/connections/connections.ts';
import { claimLink, saveLink } from '#db/contacts/links.ts';
import { addAccounts } from '#db/sync/account-modes.ts';
import { saveCursor } from '#db/sync/sync-cursors.ts';
import { useDatabase } from '#test/db/test-database.ts';

const store = useDatabase();
const at = '2026-01-01T00:00:00.000Z';
const registry = new Registry();
beforeAll(() => {
  createMetrics({ db: store.db, registry });
  addProcessMetrics(registry, '1.2.3');
});

it('shows parked contacts by account and error, failing accounts, and the last poll and pass of each', async () => {
  await addAccounts(store.db, ['square', 'google'], 'live');
  const { id } = await claimLink(store.db, { provider: 'square', accountId: 'm', externalId: 'A' });
  const error = {
    type: 'InvalidRequestError',
    operation: 'update',
    message: 'no',
    status: 400,
    traceId: null,
    permanent: true,
    at,
  };
  await saveLink(store.db, id, { last_error: error });
  await saveFailing(store.db, 'square', { type: 'UnavailableError', message: 'down', at });
  await saveCursor(store.db, { provider: 'google', accountId: 'me', name: 'changes' }, 'token');
  const text = await registry.metrics();
  const seconds = Date.parse(at) / 1_000;
  expect(text).toContain('accord_contacts_parked{account="square",error="InvalidRequestError"} 1\n');
  expect(text).toContain(`accord_contacts_parked_since_seconds{account="square",error="InvalidRequestError"} ${seconds}\n`);
  expect(text).toContain(`accord_account_failing_since_seconds{account="square"} ${seconds}\n`);
  expect(text).not.toContain('accord_account_failing_since_seconds{account="google"}');
  expect(text).toMatch(/^accord_last_poll_timestamp_seconds{account="google"} \d{10}/m);
  expect(text).not.toMatch(/^accord_last_pass_timestamp_seconds{/m);
  expect(text).toMatch(/^accord_build_info{version="1.2.3",node="v\d+\.\d+\.\d+"} 1$/m);
});

const dashboard = readFileSync('deploy/monitoring/grafana-dashboard.json', 'utf8');
const { panels } = JSON.parse(dashboard) as { panels: { targets: { expr: string }[] }[] };
const { groups } = parse(readFileSync('deploy/monitoring/alerts.yaml', 'utf8')) as { groups: { rules: { expr: string }[] }[] };
const expressions = [
  ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ...groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
];

it('has every metric that the dashboard and the alerts ask for, by its labels', async () => {
  const known = new Set((await registry.getMetricsAsJSON()).map(({ name }) => name));
  const asked = expressions.flatMap((expr) => expr.match(/\b(?:accord|process|nodejs)_\w+/g) ?? []);
  expect(asked.length).toBeGreaterThan(25);
  const names = asked.map((name) => name.replace(/_bucket$/, ''));
  expect(names.filter((name) => !known.has(name))).toEqual([]);
  const unused = [...known].filter((name) => name.startsWith('accord_') && !names.includes(name));
  expect(unused).toEqual(['accord_build_info']);
});

it.each(expressions.filter((expr) => expr.includes('accord_')))('joins the api processes and no workspaces: %s', (expr) => {
  expect(expr).toMatch(/\b(?:max|sum) by \(workspace\b/);
});

// The value of each process is its own, so the oldest one says nothing: a process that just got no webhook would raise the alarm.
it.each(expressions.filter((expr) => expr.includes('accord_last_webhook')))('takes the newest webhook of any api: %s', (expr) => {
  expect(expr).toMatch(/^time\(\) - max by/);
});
