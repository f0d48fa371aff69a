import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { saveFailing } from '#db/connections/connections.ts';
import { claimLink, saveLink } from '#db/contacts/links.ts';
import { storeIncidents } from '#db/incidents/incidents.ts';
import { setAccountMode } from '#db/sync/account-modes.ts';
import { recordRefusal } from '#db/sync/inbox.ts';
import { faultsOf } from '#test/api/docs/openapi-check.ts';
import { startTestApi, type TestApi } from '#test/api/test-api.ts';
import { eventually } from '#test/setup/eventually.ts';

const notify = {
  ...{ unreachableMinutes: 30, silentHours: 48, driftPercent: 2, intervalMinutes: 15, ways: ['email'] as const },
  closed: ['Nobody is told of problems by the incoming webhook: set SLACK_WEBHOOK_URL, or remove notify.slack.'],
};

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi({ scheduleIds: ['accord-missing'], notify });
});
afterAll(() => api.close());

interface Finding {
  check: string;
  severity: string;
  says: string;
  fix: string | null;
}

it('names what is wrong in one sentence each, with what to do, the errors first', async () => {
  const error = { operation: 'update', status: 401, traceId: null, permanent: true, at: '2026-11-30T12:00:00.000Z' };
  for (const externalId of ['1', '2']) {
    const { id } = await claimLink(api.db, { provider: 'gohighlevel', accountId: 'loc', externalId });
    await saveLink(api.db, id, { last_error: { type: 'AuthenticationError', message: 'the key was refused', ...error } });
  }
  const asked = await claimLink(api.db, { provider: 'gohighlevel', accountId: 'loc', externalId: '3' });
  await saveLink(api.db, asked.id, { held: { company: 'Analytical Engines' } });
  await setAccountMode(api.db, 'gohighlevel', 'paused');
  const hourAgo = new Date(Date.now() - 3_600_000);
  const failure = { type: 'UnavailableError', message: 'no answer within 30 s.', at: hourAgo.toISOString() };
  await saveFailing(api.db, 'gohighlevel', failure);
  const silent = { type: 'provider.silent', account: 'gohighlevel', reason: 'calls', severity: 'error', records: null } as const;
  const incident = { ...silent, cause: 'silent', since: hourAgo, says: 'It is silent.', fix: 'Wait.', settleMinutes: 0 };
  await api.db
    .transaction()
    .execute((tx) => storeIncidents(tx, { incidents: [incident], standing: [], accounts: ['gohighlevel'], now: hourAgo }));
  const refusal = { route: '/webhooks/ghl', status: 401, code: 'bad-signature', reason: 'wrong key', remoteAddress: null };
  await recordRefusal(api.db, { ...refusal, count: 7 });

  // What Temporal lacks is found once it answers within two seconds.
  const findings = await eventually(async () => {
    const response = await api.get('/api/v1/findings');
    expect(await faultsOf('get', '/api/v1/findings', response)).toEqual([]);
    const { data } = (await response.json()) as { data: { findings: Finding[] } };
    expect(data.findings).toContainEqual(expect.objectContaining({ check: 'servers' }));
    return data.findings;
  });
  const expected = [
    ['servers', 'error', /lacks the schedules accord-missing\.$/, /Start a worker/],
    ['accounts', 'error', /^gohighlevel has not answered since 20.* UTC: no answer within 30 s\.$/, /Accord tries again/],
    ['notify', 'error', /^Nobody is told of problems by the incoming webhook\.$/, /^Set SLACK_WEBHOOK_URL/],
    ['notify', 'error', /could not be sent by email for 15 minutes/, /SMTP_URL/],
    ['workers', 'error', /No worker serves gohighlevel/, /npm run worker/],
    [
      'parked',
      'error',
      /2 records are out of step at gohighlevel \(AuthenticationError\)/,
      /accord retry --error AuthenticationError/,
    ],
    ['webhooks', 'warning', /No webhook of gohighlevel has ever arrived/, /Register/],
    ['webhooks', 'warning', /7 requests to \/webhooks\/ghl were refused/, /Compare the secret/],
    ['questions', 'note', /^1 record has a conflict that waits/, /accord contact --state asked/],
    ['accounts', 'note', /gohighlevel/, /accord/],
  ] as const;
  for (const [check, severity, says, fix] of expected)
    expect(findings).toContainEqual({ check, severity, says: expect.stringMatching(says), fix: expect.stringMatching(fix) });
  const severities = findings.map(({ severity }) => ['error', 'warning', 'note'].indexOf(severity));
  expect(severities).toEqual(severities.toSorted());
});
