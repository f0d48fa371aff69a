import { beforeAll, expect, it } from '@jest/globals';
import { Registry } from 'prom-client';
import { createMetrics } from '#api/monitoring/metrics.ts';
import { addProcessMetrics } from '#api/monitoring/process-metrics.ts';
import { saveFailing } from '#db/connections/connections.ts';
import { markDirty } from '#db/contacts/dirty-links.ts';
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

it('shows parked contacts by account and error, failing and refusing accounts, waiting changes, and the last poll and pass of each', async () => {
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
  await saveFailing(store.db, 'google', { type: 'AuthenticationError', message: 'no', at });
  await markDirty(store.db, [id]);
  await saveCursor(store.db, { provider: 'google', accountId: 'me', name: 'changes' }, 'token');
  const text = await registry.metrics();
  const seconds = Date.parse(at) / 1_000;
  expect(text).toContain('accord_contacts_parked{account="square",error="InvalidRequestError"} 1\n');
  expect(text).toContain(`accord_contacts_parked_since_seconds{account="square",error="InvalidRequestError"} ${seconds}\n`);
  expect(text).toContain(`accord_account_failing_since_seconds{account="square"} ${seconds}\n`);
  expect(text).toContain(`accord_account_credentials_refused_since_seconds{account="google"} ${seconds}\n`);
  expect(text).not.toContain('accord_account_credentials_refused_since_seconds{account="square"}');
  expect(text).toMatch(/^accord_changes_waiting_since_seconds{account="square"} \d{10}/m);
  expect(text).not.toContain('accord_changes_waiting_since_seconds{account="google"}');
  expect(text).toMatch(/^accord_last_poll_timestamp_seconds{account="google"} \d{10}/m);
  expect(text).not.toMatch(/^accord_last_pass_timestamp_seconds{/m);
  expect(text).toMatch(/^accord_build_info{version="1.2.3",node="v\d+\.\d+\.\d+"} 1$/m);
});
